"""A media stream as the carrier runs it: the caller's sound out, the gateway's sound in, both in frames of 20 ms.

What is played is counted in the same frames that are sent. In real time they follow the clock; otherwise they flow as
fast as they are taken, and only while somebody waits for a prompt: a call of minutes takes seconds, each time the same.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from voice.simulator.carrier import SimulatedCall, sign

RATE, FRAME, FRAME_SECONDS = 8000, 160, 0.02
TICK_SECONDS, TICK_FRAMES = 0.001, 10
SILENCE = b"\xff" * FRAME
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as the caller heard it. cut: it was cleared before its end. mark: its name."""

    mulaw: bytes
    cut: bool
    mark: str


@dataclass
class SimulatedStream:
    """call: waits at ``<Connect>``. server: where the gateway really listens, `ws://…`. ear: gets each frame played."""

    call: SimulatedCall
    server: str
    real_time: bool = True
    ear: Callable[[bytes], None] | None = None
    sent: int = 0
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    closed: int | None = None
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _out: asyncio.Event = field(default_factory=asyncio.Event)
    _enough: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: int = 0
    _id: str = field(default_factory=lambda: f"MZ{secrets.token_hex(16)}")
    _to_say: deque[bytes] = field(default_factory=deque)
    _to_play: bytearray = field(default_factory=bytearray)
    _marks: deque[tuple[int, str]] = field(default_factory=deque)
    _played: int = 0
    _heard: bytearray = field(default_factory=bytearray)
    _prompts: asyncio.Queue[Prompt | None] = field(default_factory=asyncio.Queue)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> SimulatedStream:
        self._out.set()
        self._socket = await self._connected()
        await self._send("connected", protocol="Call", version="1.0.0")
        await self._send("start", start=self._start(), streamSid=self._id)
        if self.real_time:
            self._flows.set()
        self._tasks = [asyncio.create_task(self._send_sound()), asyncio.create_task(self._receive())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self) -> ClientConnection:
        stream = self._stream()
        address = stream.attrib["url"]
        headers = {"X-Twilio-Signature": sign(self.call.account.token, address, {})} | self.call.asked
        return await connect(self.server + urlsplit(address).path, additional_headers=headers, proxy=None)

    def _stream(self) -> Any:
        waiting = self.call.waiting
        stream = waiting.find("Stream") if waiting is not None and waiting.tag == "Connect" else None
        if stream is None:
            raise ValueError("the call does not wait for a stream")
        return stream

    def _start(self) -> dict[str, Any]:
        return {
            "streamSid": self._id, "accountSid": "AC" + "0" * 32, "callSid": self.call.sid, "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"ticket": self.ticket},
        }  # fmt: skip

    @property
    def ticket(self) -> str:
        """What the gateway gave the stream of this call to show."""
        parameters = {p.attrib["name"]: p.attrib["value"] for p in self._stream().iter("Parameter")}
        return str(parameters["ticket"])

    def say(self, mulaw: bytes) -> None:
        """Speak: sound that goes out frame by frame after what is already waiting."""
        whole = mulaw + SILENCE[: -len(mulaw) % FRAME]
        self._to_say.extend(whole[at : at + FRAME] for at in range(0, len(whole), FRAME))

    async def press(self, keys: str) -> None:
        """Press keys, one message each."""
        for key in keys:
            await self._send("dtmf", streamSid=self._id, dtmf={"track": "inbound_track", "digit": key})

    async def send(self, text: str) -> None:
        """Any message, also one that no carrier sends."""
        await self._socket.send(text)

    async def prompt(self) -> Prompt | None:
        """The next prompt, once it was heard out or cut off; None when the gateway ended the stream."""
        self._flows.set()
        return await asyncio.wait_for(self._prompts.get(), LONGEST_WAIT)

    async def said(self) -> None:
        """Wait until everything that was to be said is out."""
        self._out.clear()
        self._flows.set()
        await asyncio.wait_for(self._out.wait(), LONGEST_WAIT)

    async def hear(self, seconds: float) -> None:
        """Listen to so much of a prompt."""
        self._wanted = round(seconds * RATE)
        self._enough.clear()
        self._flows.set()
        await asyncio.wait_for(self._enough.wait(), LONGEST_WAIT)

    async def stop(self) -> None:
        """The caller hangs up: the carrier says so and closes the socket."""
        await self._send("stop", streamSid=self._id, stop={"accountSid": "AC" + "0" * 32, "callSid": self.call.sid})
        await self._socket.close()

    async def _send(self, event: str, **values: Any) -> None:
        await self._socket.send(json.dumps({"event": event, **values}))

    async def _send_sound(self) -> None:
        """Twenty milliseconds out, twenty played, again and again."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while True:
            await self._flows.wait()
            await self._frame()
            if self.real_time:
                await asyncio.sleep(started + self.sent * FRAME_SECONDS - loop.time())
            elif self.sent % TICK_FRAMES == 0:
                await asyncio.sleep(TICK_SECONDS)

    async def _frame(self) -> None:
        payload = self._to_say.popleft() if self._to_say else SILENCE
        media = {"track": "inbound", "chunk": str(self.sent), "timestamp": str(20 * self.sent)}
        media["payload"] = base64.b64encode(payload).decode()
        self.sent += 1
        await self._send("media", streamSid=self._id, media=media)
        await self._play()
        if not (self._to_say or self._out.is_set()):
            self._out.set()
            self._pause()

    async def _play(self) -> None:
        piece = bytes(self._to_play[:FRAME])
        del self._to_play[:FRAME]
        self._heard += piece
        self._played += len(piece)
        if self._wanted and len(self._heard) >= self._wanted:
            self._wanted = 0
            self._enough.set()
            self._pause()
        if self.ear is not None:
            self.ear(piece + SILENCE[len(piece) :])
        while self._marks and self._marks[0][0] <= self._played:
            await self._reached(self._marks.popleft()[1], cut=False)

    async def _reached(self, name: str, *, cut: bool) -> None:
        self._told(Prompt(bytes(self._heard), cut, name))
        await self._send("mark", streamSid=self._id, mark={"name": name})

    async def _receive(self) -> None:
        try:
            async for text in self._socket:
                await self._received(json.loads(text))
        except ConnectionClosed:
            pass
        self.closed = self._socket.close_code
        self._prompts.put_nowait(None)

    async def _received(self, message: dict[str, Any]) -> None:
        match message["event"]:
            case "media":
                sound = base64.b64decode(message["media"]["payload"], validate=True)
                self.arrivals.append((asyncio.get_running_loop().time(), len(sound)))
                self._to_play += sound
            case "mark":
                self._marks.append((self._played + len(self._to_play), message["mark"]["name"]))
            case "clear":
                await self._cleared()
            case other:
                raise ValueError(f"no carrier knows the message {other}")

    async def _cleared(self) -> None:
        """Forget what was not played; marks that waited for it come back at once."""
        self._to_play.clear()
        pending, self._marks = list(self._marks), deque()
        for _, name in pending:
            await self._reached(name, cut=True)
        if not pending:
            self._told(Prompt(bytes(self._heard), cut=True, mark=""))

    def _told(self, prompt: Prompt) -> None:
        self._heard.clear()
        self._prompts.put_nowait(prompt)
        self._pause()

    def _pause(self) -> None:
        if not self.real_time:
            self._flows.clear()
