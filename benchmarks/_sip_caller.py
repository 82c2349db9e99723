"""A softphone without a person: dials, waits for each prompt to end, then presses keys or plays a WAV; keeps the sound.

``python -m benchmarks._sip_caller ADDRESS FOLDER ACT…``: an act is keys, or the path of a WAV of 8 kHz. What was heard
after each act is left in FOLDER as `0.wav` (after the answer), `1.wav` …; the last line printed is the stream's count
of packets as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
import wave
from array import array
from pathlib import Path
from typing import Any

import pjsua2

RATE, QUIET_LEVEL = 8000, 200
QUIET_SECONDS, QUIET_SECONDS_AFTER_SPEECH, LONGEST_PROMPT = 1.6, 5.0, 60.0
KEY_SECONDS, ANSWER_SECONDS = 0.3, 60.0


class _Ear(pjsua2.AudioMediaPort):
    """Keeps what is heard, and when it was last more than silence."""

    def __init__(self) -> None:
        super().__init__()
        self.pcm, self.spoke, self.last = bytearray(), False, time.monotonic()
        form = pjsua2.MediaFormatAudio()
        form.init(pjsua2.PJMEDIA_FORMAT_PCM, RATE, 1, 20_000, 16)
        self.createPort("ear", form)

    def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
        pcm = bytes(frame.buf)
        self.pcm += pcm
        if max(map(abs, array("h", pcm)), default=0) > QUIET_LEVEL:
            self.spoke, self.last = True, time.monotonic()

    def fresh(self) -> None:
        self.pcm, self.spoke, self.last = bytearray(), False, time.monotonic()


class _Call(pjsua2.Call):
    def __init__(self, account: Any) -> None:
        super().__init__(account)
        self.ear: _Ear | None = None
        self.media: Any = None
        self.over = False

    def onCallState(self, parameter: Any) -> None:  # noqa: N802
        self.over = self.getInfo().state == pjsua2.PJSIP_INV_STATE_DISCONNECTED

    def onCallMediaState(self, parameter: Any) -> None:  # noqa: N802
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.status == pjsua2.PJSUA_CALL_MEDIA_ACTIVE and self.ear is None:
                self.ear, self.media = _Ear(), self.getAudioMedia(index)
                self.media.startTransmit(self.ear)


def _endpoint() -> Any:
    configuration = pjsua2.EpConfig()
    configuration.logConfig.level = configuration.logConfig.consoleLevel = 1
    configuration.uaConfig.threadCnt, configuration.uaConfig.mainThreadOnly = 0, True
    configuration.medConfig.clockRate, configuration.medConfig.noVad = RATE, True
    endpoint = pjsua2.Endpoint()
    endpoint.libCreate()
    endpoint.libInit(configuration)
    transport = pjsua2.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMU") else 0)
    return endpoint


def _account() -> Any:
    settings = pjsua2.AccountConfig()
    settings.idUri = "sip:0912345678@127.0.0.1"
    settings.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    settings.mediaConfig.transportConfig.publicAddress = "127.0.0.1"
    account = pjsua2.Account()
    account.create(settings)
    return account


def _until(endpoint: Any, call: _Call, seconds: float, done: Any) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not call.over and not done():
        endpoint.libHandleEvents(10)


def _prompt_ended(call: _Call, quiet: float) -> bool:
    ear = call.ear
    return ear is not None and ear.spoke and time.monotonic() - ear.last > quiet


def _do(endpoint: Any, call: _Call, act: str) -> Any:
    """Press keys, or play a WAV; the player must live on."""
    if act.endswith(".wav"):
        player = pjsua2.AudioMediaPlayer()
        player.createPlayer(act, pjsua2.PJMEDIA_FILE_NO_LOOP)
        player.startTransmit(call.media)
        with wave.open(act) as file:
            _until(endpoint, call, file.getnframes() / file.getframerate(), lambda: False)
        return player
    for key in act:
        call.dialDtmf(key)
        _until(endpoint, call, KEY_SECONDS, lambda: False)
    return None


def main(address: str, folder: Path, acts: list[str]) -> None:
    """Place the call and end the process, 1 when it was never answered; the library's objects must not be freed."""
    endpoint, account = _endpoint(), _account()
    call = _Call(account)
    call.makeCall(address, pjsua2.CallOpParam(True))
    _until(endpoint, call, ANSWER_SECONDS, lambda: call.ear is not None)
    if call.ear is None:
        os._exit(1)
    players = []
    quiet = QUIET_SECONDS
    for number, act in enumerate([*acts, None]):
        _until(endpoint, call, LONGEST_PROMPT, lambda quiet=quiet: _prompt_ended(call, quiet))
        _keep(folder / f"{number}.wav", bytes(call.ear.pcm))
        if act is None or call.over:
            break
        call.ear.fresh()
        players.append(_do(endpoint, call, act))
        quiet = QUIET_SECONDS_AFTER_SPEECH if act.endswith(".wav") else QUIET_SECONDS
    counted = call.getStreamStat(0).rtcp if not call.over else None
    if counted is not None:
        received = counted.rxStat
        print(json.dumps({"sent": counted.txStat.pkt, "received": received.pkt, "lost": received.loss}), flush=True)
        call.hangup(pjsua2.CallOpParam())
        _until(endpoint, call, 3, lambda: call.over)
    os._exit(0)


def _keep(path: Path, pcm: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
