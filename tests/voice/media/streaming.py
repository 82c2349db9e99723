"""A hotline on a real socket, and calls to it over media streams, faster than a person would talk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

import uvicorn

from store.calls import CallTurnRow, turns_of
from tests.voice.telephone import BASE, OPEN, RUN_TOKEN, Hotline
from voice.call_state import Line
from voice.media.equipment import Equipment
from voice.media.kept_messages import KeptMessages
from voice.media.routes import MediaStreams
from voice.media.sound import Samples
from voice.media.synthesis import Synthesis
from voice.record import CallRecords
from voice.simulator.carrier import Account, SimulatedCall
from voice.simulator.stream import SimulatedStream


@dataclass
class Hears:
    """Recognition of a test: gives the words it was told to give, and remembers what it was asked."""

    words: list[str] = field(default_factory=list)
    asked: list[tuple[Samples, tuple[str, ...], bool]] = field(default_factory=list)
    seconds: float = 0.0

    async def hear(self, samples: Samples, phrases: tuple[str, ...], *, free: bool) -> str:
        self.asked.append((samples, phrases, free))
        await asyncio.sleep(self.seconds)
        return self.words.pop(0)

    async def transcribe(self, samples: Samples) -> str:
        return await self.hear(samples, (), free=True)


@dataclass
class StreamedHotline:
    """line: the hotline. server: its address. synthesis: its voice, for comparing what was heard."""

    line: Hotline
    server: str
    synthesis: Synthesis

    async def call(self, *, at: str = OPEN, token: str = RUN_TOKEN) -> SimulatedCall:
        """A call that was answered and waits for its stream."""
        call = SimulatedCall(self.line.http, Account(BASE, token, at=at, stream=True))
        await call.begin()
        return call

    def stream(self, call: SimulatedCall) -> SimulatedStream:
        """The stream of a call, faster than a person would talk."""
        return SimulatedStream(call, self.server, real_time=False)

    async def said(self, *lines: Line, slow: bool = False) -> bytes:
        """The sound of these lines."""
        return b"".join([await self.synthesis.telephone(line, slow=slow) for line in lines])

    def turns(self, call: SimulatedCall) -> list[CallTurnRow]:
        """What the store knows of a call."""
        with self.line.database.read() as session:
            return turns_of(session, call.sid)


@contextlib.asynccontextmanager
async def serving(
    line: Hotline, synthesis: Synthesis, recogniser: Hears | None = None, filler_seconds: float = 5.0
) -> AsyncIterator[StreamedHotline]:
    """Put a hotline on a free port of this machine, with media streams."""
    phone = replace(line.telephone, recogniser=recogniser)
    records = CallRecords(phone.database, phone.vault)
    equipment = Equipment(phone, records, synthesis, KeptMessages(phone), filler_seconds)
    line.app.include_router(MediaStreams(equipment).router)
    config = uvicorn.Config(line.app, port=0, log_config=None, lifespan="off", ws_max_size=65536)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield StreamedHotline(line, f"ws://127.0.0.1:{port}", synthesis)
    finally:
        server.should_exit = True
        await task


async def prompts(stream: SimulatedStream, keys: Sequence[str]) -> list[bytes]:
    """Hear one prompt out after each entry of keys; what was heard."""
    heard = []
    for pressed in keys:
        await stream.press(pressed)
        prompt = await stream.prompt()
        while prompt is not None and prompt.cut:
            prompt = await stream.prompt()
        heard.append(prompt.mulaw if prompt else b"")
    return heard
