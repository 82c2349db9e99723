"""The SIP side, by pjsua2: answers calls, gives the caller's sound and keys away, plays what it is given.

Sound is 16-bit PCM at 8 kHz in frames of 20 ms. The library's own thread calls the two methods of `_Port`; everything
else runs where `Door.poll` is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pjsua2

from voice.sip.callers import Caller

FRAME_BYTES = 320
QUIET = bytes(FRAME_BYTES)
RATE = 8000
_WANTED = {"PCMU": 255, "PCMA": 200}


class _Port(pjsua2.AudioMediaPort):
    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self._caller = caller
        form = pjsua2.MediaFormatAudio()
        form.init(pjsua2.PJMEDIA_FORMAT_PCM, RATE, 1, 20_000, 16)
        self.createPort("motcua", form)

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        self._caller.hear(bytes(frame.buf))

    def onFrameRequested(self, frame: Any) -> None:  # noqa: N802
        frame.type = pjsua2.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pjsua2.ByteVector(self._caller.play.popleft() if self._caller.play else QUIET)


class _Call(pjsua2.Call):
    def __init__(self, account: _Account, call_id: int) -> None:
        super().__init__(account, call_id)
        self._account = account
        self._port: _Port | None = None
        self.caller = Caller(_user(self.getInfo().remoteUri))
        self.caller.hang_up = self._hang_up

    def onCallState(self, parameter: Any) -> None:  # noqa: N802
        if self.getInfo().state == pjsua2.PJSIP_INV_STATE_DISCONNECTED:
            self.caller.gone.set()
            self._account.ended.append(self)

    def onCallMediaState(self, parameter: Any) -> None:  # noqa: N802
        info = self.getInfo()
        sounds = [
            index
            for index, media in enumerate(info.media)
            if media.type == pjsua2.PJMEDIA_TYPE_AUDIO and media.status == pjsua2.PJSUA_CALL_MEDIA_ACTIVE
        ]
        if sounds and self._port is None:
            media, port = self.getAudioMedia(sounds[0]), _Port(self.caller)
            media.startTransmit(port)
            port.startTransmit(media)
            self._port = port
            self._account.answered(self.caller)

    def onDtmfDigit(self, parameter: Any) -> None:  # noqa: N802
        self.caller.keys.put_nowait(parameter.digit)

    def _hang_up(self) -> None:
        if not self.caller.gone.is_set():
            self.hangup(pjsua2.CallOpParam())


class _Account(pjsua2.Account):
    def __init__(self, answered: Callable[[Caller], None], most: int) -> None:
        super().__init__()
        self.answered, self._most = answered, most
        self.calls: set[_Call] = set()
        self.ended: list[_Call] = []

    def onIncomingCall(self, parameter: Any) -> None:  # noqa: N802
        call, answer = _Call(self, parameter.callId), pjsua2.CallOpParam()
        self.calls.add(call)
        answer.statusCode = pjsua2.PJSIP_SC_OK if len(self.calls) <= self._most else pjsua2.PJSIP_SC_BUSY_HERE
        call.answer(answer)


class Door:
    """address, port: where SIP is spoken over UDP. answered: called with each new caller. most: calls at once."""

    def __init__(self, address: str, port: int, answered: Callable[[Caller], None], most: int = 10) -> None:
        self._endpoint = pjsua2.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(_configuration())
        transport = pjsua2.TransportConfig()
        transport.port, transport.boundAddress = port, address
        self._endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        for codec in self._endpoint.codecEnum2():
            wanted = next((p for name, p in _WANTED.items() if codec.codecId.startswith(name)), 0)
            self._endpoint.codecSetPriority(codec.codecId, wanted)
        self._account = _Account(answered, most)
        account = pjsua2.AccountConfig()
        account.idUri = f"sip:hotline@{address}:{port}"
        account.mediaConfig.transportConfig.boundAddress = address
        account.mediaConfig.transportConfig.publicAddress = address
        self._account.create(account)

    def poll(self) -> None:
        """Let the library handle what has come in; calls that ended are let go of when it no longer uses them."""
        self._endpoint.libHandleEvents(0)
        self._account.calls.difference_update(self._account.ended)
        self._account.ended.clear()

    def close(self) -> None:
        """Hang up and stop listening."""
        self._endpoint.hangupAllCalls()
        self._account.calls.clear()
        self._account.shutdown()
        self._endpoint.libDestroy()


def _configuration() -> Any:
    configuration = pjsua2.EpConfig()
    configuration.logConfig.level = configuration.logConfig.consoleLevel = 1
    configuration.uaConfig.threadCnt, configuration.uaConfig.mainThreadOnly = 0, True
    configuration.medConfig.clockRate, configuration.medConfig.noVad = RATE, True
    return configuration


def _user(address: str) -> str:
    """``"name" <sip:0912@host>`` → ``0912``."""
    inside = address.rpartition("<")[2].partition(">")[0]
    return inside.partition(":")[2].partition("@")[0] if "@" in inside else "anonymous"
