"""Joins one SIP caller to the gateway by the carrier's contract: signed posts and a media stream of our own."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import numpy as np
import structlog

from voice.media.sound import from_mulaw, to_mulaw
from voice.simulator.carrier import Account, SimulatedCall
from voice.simulator.stream import SimulatedStream
from voice.sip.callers import Caller

log = structlog.get_logger()


async def serve_caller(http: httpx.AsyncClient, account: Account, server: str, caller: Caller) -> None:
    """Carry sound and keys both ways until the caller or the gateway ends the call.

    account: signs as the simulator does and asks for a stream. server: where the gateway's WebSockets are, `ws://…`.
    """
    call = SimulatedCall(http, account, caller.number)
    await call.begin()
    async with SimulatedStream(call, server, ear=lambda mulaw: _play(caller, mulaw)) as stream:
        caller.hear = lambda pcm: stream.say(to_mulaw(np.frombuffer(pcm, np.int16)))
        keys = asyncio.create_task(_pass_keys(caller, stream))
        ends = [asyncio.create_task(caller.gone.wait()), asyncio.create_task(_heard_out(stream))]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in (keys, *ends):
            task.cancel()
    if caller.gone.is_set():
        await call.hang_up()
        return
    await call.stream_ended()
    log.info("call left its stream", waits=call.waiting.tag if call.waiting is not None else "nothing")
    caller.hang_up()


def _play(caller: Caller, mulaw: bytes) -> None:
    caller.play.append(from_mulaw(mulaw).tobytes())


async def _heard_out(stream: SimulatedStream) -> bool:
    """Waits until the gateway ends the stream; a caller may keep silent between two prompts."""
    while True:
        with contextlib.suppress(TimeoutError):
            if await stream.prompt() is None:
                return True


async def _pass_keys(caller: Caller, stream: SimulatedStream) -> None:
    while True:
        await stream.press(await caller.keys.get())
