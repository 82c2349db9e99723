"""What is past its period goes, with its tracker; what somebody waits for stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from settings import Settings
from store import hand_over, reminders, secrets
from store.base import Base
from store.calls import CallRow, CallTurnRow
from store.conversations import ConversationRow, InboxRow, SealedValueRow, TurnRow
from store.crypto import Vault
from store.dossiers import AttemptRow, DossierRow
from store.engine import Database
from store.reminders import ReminderRow
from store.retention import Periods, delete_expired
from store.staff import AuditRow, InvitationRow, StaffSessionRow, UserRow
from store.tickets import RatingRow, TicketRow

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
PERIODS = Periods(conversations=90, sealed_values=7, tickets=365, attempts=30, dossiers=90, audit=730)


def ago(days: float) -> datetime:
    return AT - timedelta(days=days)


def conversation(database: Database, vault: Vault, name: str, last_at: datetime) -> None:
    with database.write() as session:
        session.add(ConversationRow(id=name, channel="web", last_at=last_at, created_at=last_at))
        session.flush()
        session.add(TurnRow(conversation_id=name, seq=1, author="citizen", text="số ⟦phone:1⟧", at=last_at))
        session.add(
            InboxRow(
                conversation_id=name, message_id="m", channel="web", sealed=b"x", accepted_at=last_at, state="parked"
            )
        )
        secrets.keep(session, vault, name, "phone", "0901234567")


def ticket(database: Database, conversation_id: str, state: str, closed_at: datetime | None) -> None:
    with database.write() as session:
        row = hand_over.take_ticket(session, "callback", session.get_one(ConversationRow, conversation_id))
        row.state, row.closed_at = state, closed_at


def left(database: Database, model: type[Base]) -> set[object]:
    with database.read() as session:
        return {
            row.conversation_id if hasattr(row, "conversation_id") else row.id for row in session.scalars(select(model))
        }


def test_an_old_conversation_goes_whole_and_takes_its_tracker_along(database: Database, vault: Vault) -> None:
    conversation(database, vault, "old", ago(91))
    conversation(database, vault, "young", ago(89))
    erased: list[str] = []
    counts = delete_expired(database, lambda name: erased.append(name) or 1, PERIODS, AT)
    assert counts["conversations"] == 1
    assert erased == ["old"]
    for model in (TurnRow, InboxRow):
        assert left(database, model) == {"young"}
    assert left(database, ConversationRow) == {"young"}


def test_values_of_a_quiet_conversation_and_parked_raw_messages_go_first(database: Database, vault: Vault) -> None:
    conversation(database, vault, "quiet", ago(8))
    conversation(database, vault, "lively", ago(6))
    delete_expired(database, lambda name: 0, PERIODS, AT)
    assert left(database, SealedValueRow) == {"lively"}
    with database.read() as session:
        sealed = {row.conversation_id: row.sealed for row in session.scalars(select(InboxRow))}
    assert sealed == {"quiet": None, "lively": b"x"}


def test_what_is_owed_stays_however_old(database: Database, vault: Vault) -> None:
    conversation(database, vault, "waiting", ago(400))
    ticket(database, "waiting", "open", None)
    delete_expired(database, lambda name: 0, PERIODS, AT)
    assert left(database, ConversationRow) == left(database, SealedValueRow) == left(database, TicketRow) == {"waiting"}


@pytest.mark.parametrize(("days", "kept"), [(364, 1), (366, 0)])
def test_closed_tickets_stay_a_year_without_their_conversation(
    database: Database, vault: Vault, days: int, kept: int
) -> None:
    conversation(database, vault, "served", ago(days))
    ticket(database, "served", "closed", ago(days))
    delete_expired(database, lambda name: 0, PERIODS, AT)
    assert left(database, ConversationRow) == set()
    assert len(left(database, TicketRow)) == kept


def test_a_conversation_that_waits_for_news_stays_until_the_reminder_ends(database: Database, vault: Vault) -> None:
    conversation(database, vault, "reminded", ago(91))
    wish = ReminderRow(dossier="k", conversation_id="reminded", channel="web", state="on", consent={})
    with database.write() as session:
        session.add(wish)
    delete_expired(database, lambda name: 0, PERIODS, AT)
    assert left(database, ConversationRow) == {"reminded"}
    with database.write() as session:
        reminders.stop(session, AT, conversation_id="reminded")
    delete_expired(database, lambda name: 0, PERIODS, AT)
    assert left(database, ConversationRow) == set()


def test_a_mark_stays_without_a_name_when_its_conversation_goes(database: Database, vault: Vault) -> None:
    conversation(database, vault, "old", ago(91))
    with database.write() as session:
        session.add(RatingRow(conversation_id="old", turn_id="t", score=4, reason="gọi lại cho tôi"))
    delete_expired(database, lambda name: 0, PERIODS, AT)
    with database.read() as session:
        mark = session.scalars(select(RatingRow)).one()
    assert (mark.conversation_id, mark.turn_id, mark.reason, mark.score) == (None, None, None, 4)


def test_calls_go_with_their_conversation(database: Database, vault: Vault) -> None:
    conversation(database, vault, "call", ago(91))
    with database.write() as session:
        session.add(CallRow(id="CA1", conversation_id="call", caller="f", consent={}, started_at=ago(91)))
        session.flush()
        session.add(CallTurnRow(call_id="CA1", number=1, heard="speech", state="main", then="main", at=ago(91)))
    assert delete_expired(database, lambda name: 0, PERIODS, AT)["calls"] == 1
    with database.read() as session:
        assert session.scalars(select(CallTurnRow)).all() == []


def test_every_other_sort_goes_after_its_own_period(database: Database) -> None:
    with database.write() as session:
        for number, days in enumerate((29, 31)):
            session.add(AttemptRow(at=ago(days), conversation_id="c", client="a", key=str(number), again=False))
        for number, days in enumerate((89, 92)):
            session.add(
                DossierRow(key=str(number), status=10, origin="push", returned_on=ago(days).date(), updated_at=AT)
            )
        session.add(DossierRow(key="open", status=4, origin="push", updated_at=ago(900)))
        for days in (729, 731):
            session.add(AuditRow(at=ago(days), user="u", action="look"))
        session.add(UserRow(name="u", display_name="U", role="agent", password="x"))
        session.flush()
        for days in (1, -1):
            session.add(StaffSessionRow(token_hash=str(days), user="u", csrf="c", expires_at=ago(days)))
            session.add(InvitationRow(token_hash=str(days), role="agent", expires_at=ago(days)))
    counts = delete_expired(database, lambda name: 0, PERIODS, AT)
    assert counts == {
        "conversations": 0, "calls": 0, "sealed_values": 0, "tickets": 0, "attempts": 1, "guesses": 0, "dossiers": 1,
        "audit": 1, "staff_sessions": 1, "invitations": 1,
    }  # fmt: skip


def test_more_than_one_batch_goes_in_one_run(database: Database) -> None:
    with database.write() as session:
        session.add_all(ConversationRow(id=str(i), channel="web", last_at=ago(100)) for i in range(450))
    assert delete_expired(database, lambda name: 0, PERIODS, AT)["conversations"] == 450


def test_the_periods_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETENTION_DAYS_TICKETS", "100")
    assert Periods.of(Settings(_env_file=None)).tickets == 100
