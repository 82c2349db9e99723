"""A SIP caller joined to the gateway, without the SIP library: sound and keys both ways, and either side ending it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest
from sqlalchemy import select

from store.calls import CallRow
from tests.voice.media.streaming import StreamedHotline, serving
from tests.voice.telephone import BASE, RUN_TOKEN, SHUT, Hotline
from voice.call_state import Line
from voice.media.sound import from_mulaw
from voice.media.synthesis import Synthesis
from voice.simulator.carrier import Account
from voice.sip.bridge import serve_caller
from voice.sip.callers import Caller

FRAME = 320


@pytest.fixture
async def gateway(hotline: Callable[..., Hotline], synthesis: Synthesis) -> AsyncIterator[StreamedHotline]:
    async with serving(hotline(), synthesis) as streamed:
        yield streamed


class Telephone(Caller):
    """A caller who hears every frame, however late this process comes to play it."""

    def __init__(self) -> None:
        super().__init__("0912345678", play=deque())
        self.pcm = bytearray()

    async def hear_until(self, enough: Callable[[], bool]) -> None:
        while not enough():
            while self.play:
                self.pcm += self.play.popleft()
            self.hear(bytes(FRAME))
            await asyncio.sleep(0.02)

    def heard(self, mulaw: bytes) -> bool:
        """Whether this sound was heard, to the sample."""
        return from_mulaw(mulaw).astype(np.int16).tobytes() in self.pcm


def calling(gateway: StreamedHotline, caller: Caller) -> asyncio.Task[None]:
    account = Account(BASE, RUN_TOKEN, at=SHUT, stream=True)
    return asyncio.create_task(serve_caller(gateway.line.http, account, gateway.server, caller))


async def test_sound_and_keys_go_both_ways_until_the_gateway_ends_the_call(gateway: StreamedHotline) -> None:
    caller, ended = Telephone(), asyncio.Event()
    caller.hang_up = ended.set
    call = calling(gateway, caller)
    book, values = gateway.line.telephone.book(), gateway.line.telephone.values()
    greeting = await gateway.said(Line(book.prompts["greeting"].format_map(values)))
    await asyncio.wait_for(caller.hear_until(lambda: caller.heard(greeting[:8000])), 120)
    for key in "011":
        caller.keys.put_nowait(key)
    await asyncio.wait_for(caller.hear_until(ended.is_set), 60)
    await call
    with gateway.line.database.read() as session:
        assert session.scalars(select(CallRow)).one().outcome == "callback"


async def test_a_caller_who_hangs_up_closes_the_record(gateway: StreamedHotline) -> None:
    caller = Telephone()
    call = calling(gateway, caller)
    await asyncio.wait_for(caller.hear_until(lambda: bool(caller.pcm)), 120)
    caller.gone.set()
    await asyncio.wait_for(call, 10)
    with gateway.line.database.read() as session:
        assert session.scalars(select(CallRow)).one().status == "completed"
