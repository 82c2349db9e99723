"""Too many calls at once: a new caller hears so and may leave a number; who is in a call goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from store.tickets import TicketRow
from tests.voice.telephone import Hotline
from voice import webhook

Make = Callable[..., Hotline]


async def test_a_new_caller_is_offered_a_callback(hotline: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    line = hotline()
    earlier = line.call()
    await earlier.begin()
    monkeypatch.setattr(webhook, "CALLS_AT_ONCE", 0)
    call = line.call()
    await call.begin()
    assert call.words.startswith("Tổng đài tự động")
    assert "tổng đài đang bận" in call.words.lower()
    await call.press("1")
    await call.press("1")
    with line.database.read() as session:
        assert session.scalars(select(TicketRow.kind)).all() == ["callback"]
    before = earlier.words
    await earlier.press("1")
    assert earlier.words != before
    assert "tổng đài đang bận" not in earlier.words.lower()
    monkeypatch.undo()
    later = line.call()
    await later.begin()
    assert "tổng đài đang bận" not in later.words.lower()
