"""A person asks what is kept, and to have it deleted: all tables, and Rasa's tracker, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from store import guesses, hand_over, moves, outbox, recordings, reminders, requests, secrets
from store.calls import CallRow, CallTurnRow
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.dossiers import AttemptRow, DossierRow, code_key
from store.engine import Database
from store.reminders import ReminderRow
from store.staff import AuditRow
from store.subject import NOT_OF_CITIZENS, SEALED_AS, Known, bare
from store.tables import all_tables
from store.tickets import PhotoRow, RatingRow, TicketRow
from store.trackers import TrackerEraser
from store.unanswered import LostQuestionRow, UnansweredGroupRow

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
CODE = "H56.14-240823-0001"


@pytest.fixture
def trackers(tmp_path: Path) -> Iterator[TrackerEraser]:
    """A tracker store as Rasa makes it, with two events of each person."""
    url = f"sqlite:///{tmp_path / 'trackers.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255), data TEXT)"))
        for name in ("an", "binh"):
            connection.execute(text("INSERT INTO events (sender_id, data) VALUES (:n, 'a'), (:n, 'b')"), {"n": name})
    engine.dispose()
    eraser = TrackerEraser(url)
    yield eraser
    eraser.close()


def person(database: Database, vault: Vault, name: str, phone: str, cccd: str, code: str) -> None:
    """Somebody with a row in every table that can hold one."""
    with database.write() as session:
        row = ConversationRow(id=name, channel="phone", context={}, consent={})
        session.add(row)
        session.flush()
        for kind, value in (("phone", phone), ("cccd", cccd), ("dossier", code)):
            secrets.keep(session, vault, name, kind, value)
        session.add(TurnRow(id=f"t-{name}", conversation_id=name, seq=1, author="citizen", text="số ⟦phone:1⟧"))
        sealed = vault.seal(f"gọi {phone}", "inbox")
        session.add(InboxRow(conversation_id=name, message_id="m", channel="phone", sealed=sealed, state="parked"))
        ticket = hand_over.take_ticket(session, "callback", row)
        ticket.number = f"GL-26-{name}"
        hand_over.keep_contact(ticket, vault, phone)
        session.add(PhotoRow(ticket_id=ticket.id, sealed=vault.seal("…", hand_over.PHOTO)))
        session.add(RatingRow(conversation_id=name, score=5))
        recordings.keep(session, vault, name, b"sound", 2)
        moves.offer(session, vault, name, AT)
        guesses.failed(session, "move", name, "x", "", AT)
        wish = ReminderRow(dossier=code_key(vault, code), conversation_id=name, channel="sms", state="on", consent={})
        wish.address, wish.number = vault.seal(phone, reminders.ADDRESS), reminders.number_digest(vault, phone)
        session.add(wish)
        group = UnansweredGroupRow(vector=b"")
        session.add(group)
        session.flush()
        lost = LostQuestionRow(reply=f"t-{name}", group_id=group.id, conversation_id=name, text="số", reason="wrong")
        lost.at = AT
        session.add(lost)
        outbox.put(session, row, f"o-{name}", [vault.seal(f"gọi lại {phone}", outbox.PURPOSE)])
        caller = vault.fingerprint(f"+84{phone[1:]}", "caller")
        session.add(CallRow(id=f"CA-{name}", conversation_id=name, caller=caller, consent={}))
        session.flush()
        session.add(CallTurnRow(call_id=f"CA-{name}", number=1, heard="speech", state="main", then="main"))
        session.add(DossierRow(key=code_key(vault, code), status=4, origin="push", updated_at=AT))
        session.add(AttemptRow(at=AT, conversation_id=name, client="x", key=code_key(vault, code), again=False))


@pytest.fixture(autouse=True)
def two_persons(database: Database, vault: Vault) -> None:
    person(database, vault, "an", "0901234567", "079190000123", CODE)
    person(database, vault, "binh", "0987654321", "079190000999", "H56.14-240823-0002")


def sizes(database: Database) -> dict[str, int]:
    """Rows in each table about citizens."""
    with database.read() as session:
        tables = [t for t in all_tables().sorted_tables if t.name not in NOT_OF_CITIZENS]
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


@pytest.mark.parametrize(
    ("by", "value"),
    [
        ("phone", "+84 901 234 567"),
        ("cccd", "079 190 000 123"),
        ("dossier", CODE),
        ("ticket", "GL-26-an"),
        ("conversation", "an"),
    ],
)
def test_all_of_a_person_is_found_by_any_of_it(
    database: Database, vault: Vault, trackers: TrackerEraser, by: Known, value: str
) -> None:
    told = json.loads(requests.answer(database, vault, trackers.erase, "export", by, value))
    tables = set(sizes(database)) - ({"dossiers"} if by != "dossier" else set())
    assert set(told) == tables
    assert {row["conversation_id"] for rows in told.values() for row in rows if "conversation_id" in row} == {"an"}


def test_an_export_opens_what_is_sealed(database: Database, vault: Vault, trackers: TrackerEraser) -> None:
    told = json.loads(requests.answer(database, vault, trackers.erase, "export", "conversation", "an"))
    assert {row["sealed"] for row in told["sealed_values"]} == {"0901234567", "079190000123", CODE}
    assert told["tickets"][0]["contact"] == "0901234567"
    assert told["inbox"][0]["sealed"] == "gọi 0901234567"


def test_erasure_leaves_nothing_of_this_person_and_all_of_the_other(
    database: Database, vault: Vault, trackers: TrackerEraser
) -> None:
    before = sizes(database)
    counts = json.loads(requests.answer(database, vault, trackers.erase, "erase", "dossier", CODE))
    assert counts["tracker_events"] == 2
    assert sizes(database) == {name: rows // 2 for name, rows in before.items()}
    assert json.loads(requests.answer(database, vault, trackers.erase, "find", "phone", "0901234567")) == {}
    assert trackers.erase("binh") == 2
    assert trackers.erase("an") == 0


def test_a_ticket_whose_conversation_is_gone_is_found_by_its_number(
    database: Database, vault: Vault, trackers: TrackerEraser
) -> None:
    with database.write() as session:
        session.delete(session.get_one(ConversationRow, "an"))
    requests.answer(database, vault, trackers.erase, "erase", "phone", "0901234567")
    with database.read() as session:
        assert [t.number for t in session.scalars(select(TicketRow))] == ["GL-26-binh"]


def test_the_audit_proves_the_answer_without_naming_the_person(
    database: Database, vault: Vault, trackers: TrackerEraser
) -> None:
    requests.answer(database, vault, trackers.erase, "erase", "phone", "0901234567")
    with database.read() as session:
        audit = session.scalars(select(AuditRow)).one()
    assert audit.action == "subject.erase"
    assert "0901234567" not in f"{audit.target} {audit.details}"
    assert audit.details["turns"] == 1


def test_every_table_either_leads_to_a_person_or_is_known_not_to() -> None:
    """A new table with neither a tie to a conversation nor a place in NOT_OF_CITIZENS would escape erasure."""
    for table in all_tables().sorted_tables:
        tied = {key.column.table.name for c in table.columns for key in c.foreign_keys} - NOT_OF_CITIZENS
        roots = {"conversations", "dossiers"}
        assert table.name in NOT_OF_CITIZENS | roots or tied or "conversation_id" in table.columns, table.name


def test_every_sealed_column_about_citizens_can_be_opened_for_them() -> None:
    sealed = {
        (table.name, column.name)
        for table in all_tables().sorted_tables
        if table.name not in NOT_OF_CITIZENS
        for column in table.columns
        if str(column.type) == "BLOB"
    }
    assert sealed <= set(SEALED_AS)


@pytest.mark.parametrize("written", ["+84 901 234 567", "84901234567", "0901.234.567", "(090) 123-4567"])
def test_a_number_is_one_however_it_is_written(written: str) -> None:
    assert bare(written) == "0901234567"


def test_an_erasure_that_fails_in_the_tracker_is_no_success(
    database: Database, vault: Vault, trackers: TrackerEraser, tmp_path: Path
) -> None:
    sealed_off = TrackerEraser(f"sqlite:///file:{tmp_path / 'trackers.db'}?mode=ro&uri=true")
    before = sizes(database)
    with pytest.raises(OperationalError, match="readonly"):
        requests.answer(database, vault, sealed_off.erase, "erase", "dossier", CODE)
    assert sizes(database) == before
    sealed_off.close()


def test_before_the_first_start_of_rasa_there_is_nothing_to_erase(tmp_path: Path) -> None:
    none_yet = TrackerEraser(f"sqlite:///{tmp_path / 'none.db'}")
    assert none_yet.erase("an") == 0
    none_yet.close()
