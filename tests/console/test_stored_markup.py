"""Markup in every field that a citizen or staff can fill at the desk and in the settings stays text on every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.channels.web import sessions
from console import profile_form
from console.pages import Console
from store import hand_over, turns
from store.conversations import TurnRow
from store.engine import Database
from store.tickets import TicketRow
from tests.console.staff import StaffBrowser

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
RAW = ("<script>alert(1)", "<img src=x")
SignIn = Callable[..., StaffBrowser]


@pytest.fixture
def ticket(database: Database) -> TicketRow:
    """A citizen who writes markup, and was answered with it."""
    with database.write() as session:
        row, _ = sessions.start(session)
        said = TurnRow(
            id="said", author="assistant", text=MARKUP, status="answered", entry_id=MARKUP[:60], messages=[],
            details={"name": MARKUP},
        )  # fmt: skip
        turns.append(session, row, [TurnRow(author="citizen", text=MARKUP, messages=[]), said])
        return hand_over.take_ticket(session, "complaint", row, text=MARKUP, category="x")


def test_markup_stays_text(sign_in: SignIn, ticket: TicketRow, console: Console) -> None:
    browser = sign_in("admin", "quantri")
    path = f"/console/tickets/{ticket.id}"
    browser.open(path)
    for action, fields in {
        "note": {"text": MARKUP}, "write": {"text": MARKUP, "key": MARKUP}, "wrong": {"turn": "said"},
        "tried": {"how": MARKUP}, "transfer": {"to": MARKUP}, "draft": {"text": MARKUP, "insert": MARKUP},
        "close": {"text": MARKUP},
    }.items():  # fmt: skip
        browser.send(f"{path}/{action}", **fields)
    browser.send("/console/replies", title=MARKUP[:80], text=MARKUP)
    for kind in ("banner", "notice", "pause"):
        browser.send(f"/console/notices/{kind}", text=MARKUP)
    form = profile_form.to_form(console.profile)
    assert (
        browser.send("/console/profile", **form | {"name": MARKUP, "fees": f"{MARKUP[:9]} | 5 | x"}).status_code == 200
    )
    browser.send("/console/subjects/find", by="phone", value=MARKUP)
    pages = [
        path, "/console", "/console?state=closed", f"/console?number={MARKUP[:20]}", "/console/replies",
        "/console/notices", "/console/profile", "/console/subjects", "/console/numbers", "/console/report",
        "/open-data", "/console/users", "/console/audit", f"/console/audit?user={MARKUP[:30]}&target={MARKUP[:60]}",
        "/console/sign-in?next=" + MARKUP[:40],
    ]  # fmt: skip
    for address in pages:
        page = browser.open(address)
        assert page.status_code == 200, address
        assert not any(raw in page.text for raw in RAW), address
