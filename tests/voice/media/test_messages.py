"""Messages left outside hours: agreed to by key, kept sealed, written down where a model is installed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import select

from store import recordings
from store.calls import CallRow
from store.tickets import TicketRow
from tests.voice.media.streaming import Hears, StreamedHotline, prompts, serving
from tests.voice.telephone import SHUT, Hotline
from voice.call_state import Line
from voice.media.message import MessageRecorder
from voice.media.sound import FRAME, Samples, from_mulaw
from voice.media.synthesis import Synthesis
from voice.simulator.carrier import SimulatedCall
from voice.simulator.stream import SimulatedStream

Make = Callable[..., Hotline]
WORDS = Line("Cho tôi hỏi bao giờ có giấy khai sinh của cháu, xin gọi lại giúp tôi.")
sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def to_the_tone(stream: SimulatedStream) -> None:
    await stream.prompt()
    await prompts(stream, ("0", "2", "1"))


def kept(hot: StreamedHotline, call: SimulatedCall) -> tuple[TicketRow, list[recordings.RecordingRow]]:
    with hot.line.database.read() as session:
        conversation = session.get_one(CallRow, call.sid).conversation_id or ""
        return session.scalars(select(TicketRow)).one(), recordings.of_conversation(session, conversation)


@sqlite
async def test_a_message_is_kept_sealed_for_staff(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    async with serving(line, synthesis) as hot:
        call = await hot.call(at=SHUT)
        async with hot.stream(call) as stream:
            await to_the_tone(stream)
            spoken = await hot.said(WORDS)
            stream.say(spoken)
            assert await stream.prompt() is not None
            assert await stream.prompt() is None
        ticket, rows = kept(hot, call)
    assert (ticket.kind, ticket.text) == ("voicemail", "")
    assert len(rows) == 1
    sound = recordings.sound(line.vault, rows[0])
    assert len(sound) == pytest.approx(len(spoken), abs=6000)
    assert np.abs(from_mulaw(sound).astype(np.int32)).mean() > 300
    assert sound[:2000] not in rows[0].sealed


@sqlite
async def test_a_message_is_written_down_without_its_numbers(hotline: Make, synthesis: Synthesis) -> None:
    ear = Hears(["xin gọi lại số 0912345678"])
    async with serving(hotline(), synthesis, ear) as hot:
        call = await hot.call(at=SHUT)
        async with hot.stream(call) as stream:
            await to_the_tone(stream)
            stream.say(await hot.said(WORDS))
            await stream.said()
            await stream.press("#")
            await stream.prompt()
        while not kept(hot, call)[0].text:
            await asyncio.sleep(0.02)
        assert kept(hot, call)[0].text.startswith("xin gọi lại số ⟦phone:")


@sqlite
async def test_hanging_up_ends_the_message(hotline: Make, synthesis: Synthesis) -> None:
    async with serving(hotline(), synthesis) as hot:
        call = await hot.call(at=SHUT)
        async with hot.stream(call) as stream:
            await to_the_tone(stream)
            stream.say(await hot.said(WORDS))
            await stream.said()
            await stream.stop()
        while len(hot.turns(call)) < 5:
            await asyncio.sleep(0.02)
        await call.hang_up()
        assert len(kept(hot, call)[1]) == 1


@sqlite
async def test_nothing_said_is_no_message(hotline: Make, synthesis: Synthesis) -> None:
    async with serving(hotline(), synthesis) as hot:
        call = await hot.call(at=SHUT)
        async with hot.stream(call) as stream:
            await to_the_tone(stream)
            again = await stream.prompt()
            assert again is not None
            assert again.mulaw.startswith(await hot.said(hot.line.telephone.book().said("nothing_recorded")))
        with hot.line.database.read() as session:
            assert session.scalars(select(TicketRow)).all() == []


class Loud:
    """Takes whatever is not silent for speech."""

    def probability(self, piece: Samples) -> float:
        return float(np.abs(piece).max() > 100)


def test_a_message_ends_with_silence_and_is_cut_there() -> None:
    recorder = MessageRecorder(Loud())
    speech, nothing = np.full(FRAME, 5000, np.int16), np.zeros(FRAME, np.int16)
    assert not any(recorder.hear(speech) for _ in range(100))
    over = [recorder.hear(nothing) for _ in range(260)]
    assert over.index(True) == pytest.approx(250, abs=2)
    assert len(recorder.message()) / 8000 == pytest.approx(2.25, abs=0.05)


def test_a_message_has_a_longest_length() -> None:
    recorder = MessageRecorder(Loud())
    speech = np.full(8000, 5000, np.int16)
    assert [recorder.hear(speech) for _ in range(121)].index(True) <= 120
