"""Every figure against a fixture that was counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from console.numbers import count
from store import hand_over
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.tickets import RatingRow
from tests.console.staff import StaffBrowser, words

START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 10, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def month(database: Database) -> Database:
    """Four conversations in November and one before: Zalo user `a` twice within 72 hours, `b` once, one on the web."""
    with database.write() as session:
        for id_, channel, external, at in (
            ("z1", "zalo", "a", NOON),
            ("z2", "zalo", "a", NOON + 48 * HOUR),
            ("z3", "zalo", "b", NOON),
            ("w1", "web", None, NOON + 3 * HOUR),
            ("old", "zalo", "b", START - HOUR),
        ):
            session.add(ConversationRow(id=id_, channel=channel, external=external, created_at=at, last_at=at))
        session.flush()
        turns = (
            ("z1", NOON, ["answered:1.001193", "unanswered"]),
            ("z2", NOON + 48 * HOUR, ["answered:1.001193"]),
            ("w1", NOON + 3 * HOUR, ["answered:faq-001", "handed_over"]),
            ("old", START - HOUR, ["answered:faq-001"]),
        )
        for conversation, at, answers in turns:
            for number, answer in enumerate(answers):
                status, _, entry = answer.partition(":")
                said = f"{conversation}-{number}"
                common = {"conversation_id": conversation, "at": at, "messages": []}
                session.add(TurnRow(author="citizen", text="?", seq=number * 2 + 1, **common))
                session.add(
                    TurnRow(
                        id=said, author="assistant", text="!", seq=number * 2 + 2, status=status,
                        entry_id=entry or None, **common,
                    )
                )  # fmt: skip
        session.flush()
        session.add(RatingRow(conversation_id="z1", turn_id="z1-0", helpful=False, at=NOON))
        session.add(RatingRow(conversation_id="z2", turn_id="z2-0", helpful=True, at=NOON))
        session.add(RatingRow(conversation_id="z1", score=2, at=NOON))
        session.add(RatingRow(conversation_id="w1", score=5, at=NOON))
        for minutes, promised in ((10, 30), (50, 30)):
            ticket = hand_over.take_ticket(session, "hand_over", session.get_one(ConversationRow, "w1"))
            ticket.created_at, ticket.taken_at = NOON, NOON + timedelta(minutes=minutes)
            ticket.promised_until = NOON + timedelta(minutes=promised)
    return database


def test_the_figures_are_those_counted_by_hand(month: Database) -> None:
    with month.read() as session:
        found = count(session, START, END)
    assert (found.conversations, found.messages) == (4, 5)
    assert found.statuses == {"answered": 3, "unanswered": 1, "handed_over": 1}
    assert found.channels == {"zalo": 3, "web": 1}
    assert {hour: number for hour, number in found.hours.items() if number} == {12: 3, 15: 2}
    assert found.entries == [("1.001193", 2, 1), ("faq-001", 1, 0)]
    assert found.contained == 3 / 4
    assert found.back == 1 / 3
    assert found.wrong == 1
    assert found.satisfaction == 3.5
    assert found.tickets == {"hand_over": 2}
    assert found.waited == 30
    assert found.kept == 1 / 2


def test_nothing_counted_is_not_zero_percent(database: Database) -> None:
    with database.read() as session:
        found = count(session, START, END)
    assert (found.contained, found.back, found.satisfaction, found.waited, found.kept) == (None,) * 5


def test_the_page_and_its_table(month: Database, sign_in: Callable[..., StaffBrowser]) -> None:
    browser = sign_in("supervisor")
    assert "Quay lại trong 72 giờ" in words(browser.open("/console/numbers?days=366"))
    table = browser.open("/console/numbers.csv?days=366")
    assert table.headers["content-type"].startswith("text/csv")
    assert "entries answered,1.001193,2" in table.text
    assert browser.open("/console/numbers?days=0").status_code == 422
