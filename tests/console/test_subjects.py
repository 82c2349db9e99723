"""Requests of data subjects at the console: found, handed out, erased; noted without the value."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.channels.web import sessions
from store import hand_over, secrets, turns
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow
from store.tickets import TicketRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
PHONE = "0912345678"
PERSON = {"by": "phone", "value": "+84 912 345 678"}


@pytest.fixture
def citizens(database: Database, vault: Vault) -> list[str]:
    """Two conversations, of which the first is of the person with the number."""
    ids = []
    with database.write() as session:
        for text in ("gọi tôi số ⟦phone:1⟧", "chào"):
            row, _ = sessions.start(session)
            turns.append(session, row, [TurnRow(author="citizen", text=text, messages=[])])
            ids.append(row.id)
        secrets.keep(session, vault, ids[0], "phone", PHONE)
        ticket = hand_over.take_ticket(session, "callback", session.get_one(ConversationRow, ids[0]))
        hand_over.keep_contact(ticket, vault, PHONE)
    return ids


def test_a_person_is_found_and_handed_out(sign_in: SignIn, citizens: list[str]) -> None:
    browser = sign_in("admin")
    browser.open("/console/subjects")
    found = words(browser.send("/console/subjects/find", **PERSON))
    assert "cuộc trò chuyện 1" in found
    exported = browser.send("/console/subjects/export", **PERSON)
    assert "attachment" in exported.headers["content-disposition"]
    assert PHONE in exported.text
    assert [row["id"] for row in exported.json()["conversations"]] == citizens[:1]


def test_erasing_needs_the_word_and_leaves_others(sign_in: SignIn, citizens: list[str], database: Database) -> None:
    browser = sign_in("admin")
    browser.open("/console/subjects")
    assert browser.send("/console/subjects/erase", **PERSON, confirm="x").status_code == 422
    assert "Đã xoá" in words(browser.send("/console/subjects/erase", **PERSON, confirm="XOÁ"))
    with database.read() as session:
        assert session.scalars(select(ConversationRow.id)).all() == citizens[1:]
        assert session.scalars(select(TicketRow)).all() == []
        notes = session.scalars(select(AuditRow).where(AuditRow.action.like("subject.%"))).all()
    assert [(note.user, note.action) for note in notes] == [("admin1", "subject.find"), ("admin1", "subject.erase")]
    assert not any(PHONE[1:] in f"{note.target}{note.details}" for note in notes)


@pytest.mark.parametrize("person", [{"by": "phone", "value": " "}, {"by": "shoe size", "value": "42"}])
def test_nobody_is_looked_for_without_a_value(sign_in: SignIn, person: dict[str, str]) -> None:
    browser = sign_in("admin")
    browser.open("/console/subjects")
    assert browser.send("/console/subjects/find", **person).status_code == 422
