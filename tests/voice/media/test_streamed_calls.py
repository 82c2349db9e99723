"""Whole calls over the real WebSocket: what is heard, keys while the hotline speaks, silence, hanging up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from store.calls import CallRow
from tests.voice.media.streaming import Hears, prompts, serving
from tests.voice.telephone import CODE, NUMBER, SHUT, Hotline
from voice.call_state import Line
from voice.media.sound import from_mulaw
from voice.media.synthesis import Synthesis
from voice.simulator.carrier import SimulatedCall

Make = Callable[..., Hotline]
DIGITS = "".join(c for c in CODE.removeprefix("H00") if c.isdigit()) + "#"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def carrier_listens(call: SimulatedCall) -> bool:
    """Whether the carrier is asked to recognise what the caller says next."""
    assert call.waiting is not None
    assert call.waiting.tag == "Gather"
    return "speech" in call.waiting.get("input", "dtmf")


async def test_a_dossier_by_keys_is_heard_word_for_word(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    line.keep_dossier()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            greeting = await stream.prompt()
            assert greeting is not None
            book, values = line.telephone.book(), line.telephone.values()
            expected = await hot.said(
                Line(str(book.prompts["greeting"]).format_map(values), "greeting"), book.line("main", "ask", values)
            )
            assert greeting.mulaw == expected
            assert np.abs(from_mulaw(greeting.mulaw).astype(np.int32)).mean() > 300
            told = await prompts(stream, ("1", "1", DIGITS, "1", NUMBER))
        assert all(len(prompt) > 8000 for prompt in told)
        assert [turn.heard for turn in hot.turns(call)] == ["began"] + ["keys"] * 5
        assert hot.turns(call)[-1].then == "dossier_told"
        await call.stream_ended()
        assert "đang được giải quyết" in call.words
        assert not carrier_listens(call)
        await call.press("4")
        assert "thủ tục bấm 2" in call.words
        assert not carrier_listens(call)
        await call.hang_up()
    with line.database.read() as session:
        assert session.get_one(CallRow, call.sid).outcome == "dossier"


async def test_keys_while_the_hotline_speaks_cut_it_short(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.hear(1.0)
            await stream.press("2")
            cut = await stream.prompt()
            assert cut is not None
            assert cut.cut
            assert 8000 <= len(cut.mulaw) < len(await hot.said(line.telephone.book().line("main", "ask", {})))
            asked = await stream.prompt()
            assert asked is not None
            assert asked.mulaw == await hot.said(line.telephone.book().line("procedures", "ask_keys", {}))


async def test_a_caller_who_speaks_is_given_the_floor(hotline: Make, synthesis: Synthesis) -> None:
    line, ear = hotline(), Hears(["tra hồ sơ"])
    async with serving(line, synthesis, ear) as hot:
        call = await hot.call()
        spoken = await hot.said(Line("tra cứu hồ sơ"))
        async with hot.stream(call) as stream:
            await stream.hear(2.0)
            stream.say(spoken)
            cut, asked = await stream.prompt(), await stream.prompt()
            assert cut is not None
            assert cut.cut
            assert 16000 < len(cut.mulaw) < 16000 + len(spoken) + 8000
            assert asked is not None
            assert not asked.cut
        assert [(turn.heard, turn.text, turn.then) for turn in hot.turns(call)[1:]] == [
            ("speech", "tra hồ sơ", "dossier")
        ]
    samples, phrases, free = ear.asked[0]
    assert len(spoken) / 8000 < len(samples) / 8000 < len(spoken) / 8000 + 1.4
    assert "tra hồ sơ" in phrases
    assert "phím một" in phrases
    assert free


async def test_silence_is_answered_each_time_otherwise(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            heard = [await stream.prompt() for _ in range(3)]
        assert len({prompt.mulaw for prompt in heard if prompt}) == 3
        assert stream.sent * 0.02 > 14
        assert [turn.heard for turn in hot.turns(call)] == ["began", "silence", "silence"]


async def test_keys_are_collected_typed_ahead_and_ended_by_the_hash(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    line.keep_dossier()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.press("11" + DIGITS + "1" + NUMBER)
            while len(hot.turns(call)) < 6:
                await stream.prompt()
        assert hot.turns(call)[-1].then == "dossier_told"
        assert [turn.keys for turn in hot.turns(call)] == [0, 1, 1, 12, 1, 4]


async def test_an_entry_left_unfinished_is_taken_after_the_time_out(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.prompt()
            await prompts(stream, ("1", "1"))
            await stream.press("14")
            await stream.prompt()
        last = hot.turns(call)[-1]
        assert (last.heard, last.keys, last.state) == ("keys", 2, "code")


async def test_an_operator_is_rung_after_the_stream(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline(operators=("+842400000001",))
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.prompt()
            assert len((await prompts(stream, ("0",)))[0]) > 8000
            assert await stream.prompt() is None
            assert stream.closed == 1000
        await call.stream_ended()
        assert call.waiting is not None
        assert call.waiting.tag == "Dial"
        await call.person("no-answer")
        assert call.waiting.tag == "Enqueue"
        await call.wait(130)
        await call.press("1")
        assert "Gọi lại trong vòng" in call.words
        assert not carrier_listens(call)


async def test_a_stream_that_never_begins_is_a_call_with_keys(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        await call.stream_ended()
        assert "Tổng đài tự động" in call.words
        assert not carrier_listens(call)
        await call.press("2")
        assert "danh sách" in call.words
        assert not carrier_listens(call)


async def test_hanging_up_in_the_middle_is_recorded(hotline: Make, synthesis: Synthesis) -> None:
    line = hotline()
    async with serving(line, synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.prompt()
            await prompts(stream, ("1", "1"))
            await stream.press("142")
            await stream.stop()
        await call.hang_up(seconds=33)
    with line.database.read() as session:
        row = session.get_one(CallRow, call.sid)
        assert (row.left_at, row.status, row.seconds, row.state) == ("code", "completed", 33, None)


async def test_a_slow_answer_is_announced(hotline: Make, synthesis: Synthesis) -> None:
    line, ear = hotline(), Hears(["thủ tục"], seconds=0.3)
    async with serving(line, synthesis, ear, filler_seconds=0.1) as hot:
        call = await hot.call(at=SHUT)
        async with hot.stream(call) as stream:
            await stream.prompt()
            stream.say(await hot.said(Line("hỏi thủ tục")))
            answer = await stream.prompt()
        filler = await hot.said(line.telephone.book().said("filler"))
        assert answer is not None
        assert answer.mulaw.startswith(filler)
        assert len(answer.mulaw) > len(filler) + 8000
