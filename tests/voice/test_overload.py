"""Too many calls at once: a new caller hears so and may leave a number; who is in a call goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.limits import Limit
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


async def test_a_number_that_posts_without_end_hears_that_the_hotline_is_busy(
    hotline: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "PER_NUMBER", Limit(3, 3600))
    line = hotline()
    heard = []
    for _ in range(7):
        call = line.call(caller="+84912000001")
        await call.begin()
        assert call.status_code == 200
        heard.append("tổng đài đang bận" in call.words.lower())
    assert heard[:3] == [False] * 3
    assert True in heard
    for caller in ("+84912000002", "anonymous"):
        other = line.call(caller=caller)
        await other.begin()
        assert "tổng đài đang bận" not in other.words.lower()
