"""Consent: a record a purpose, the first one stays, and nothing is recorded that nobody did."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.channels.web import sessions
from store import hand_over
from store.consent import agreed
from store.crypto import Vault
from store.engine import Database

AT = datetime(2026, 11, 21, 2, tzinfo=UTC)


def test_the_first_record_of_a_purpose_stays() -> None:
    first = agreed({}, "answer", "called", AT)
    assert agreed(first, "answer", "opened the chat", AT.replace(hour=3)) == first
    assert set(agreed(first, "call_back", "left a number", AT)) == {"answer", "call_back"}


def test_a_web_conversation_records_how_it_began_and_nothing_else(database: Database) -> None:
    with database.write() as session:
        conversation, _ = sessions.start(session)
    assert {purpose: record["by"] for purpose, record in conversation.consent.items()} == {"answer": "opened the chat"}


def test_a_number_left_is_the_consent_to_be_called_back(database: Database, vault: Vault) -> None:
    with database.write() as session:
        conversation, _ = sessions.start(session)
        ticket = hand_over.take_ticket(session, "callback", conversation)
        assert "call_back" not in ticket.details
        hand_over.keep_contact(ticket, vault, "0901234567")
        assert ticket.details["call_back"]["by"] == "left a number"
