"""Whole calls over the real WebSocket: what is heard, keys while the hotline speaks, silence, hanging up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from store.calls import CallRow
from tests.voice.media.streaming import prompts, serving
from tests.voice.telephone import CODE, NUMBER, Hotline
from voice.call_state import Line
from voice.media.sound import from_mulaw
from voice.media.synthesis import Synthesis

Make = Callable[..., Hotline]
DIGITS = "".join(c for c in CODE.removeprefix("H00") if c.isdigit()) + "#"


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
        assert call.waiting is not None
        assert call.waiting.get("input", "dtmf") == "dtmf"
        assert "đang được giải quyết" in call.words
        await call.hang_up()
    with line.database.read() as session:
        assert session.get_one(CallRow, call.sid).outcome == "dossier"
