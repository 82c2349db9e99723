"""Requests of a data subject: find, export and erase what is kept of one person, in every table.

Tables are followed from their foreign keys and `conversation_id` columns, so that a new table is included by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, CursorResult, Row, Table, delete, false, or_, select
from sqlalchemy.orm import Session

from store import dossiers, hand_over, outbox, recordings, reminders, secrets
from store.calls import CallRow
from store.conversations import ConversationRow, SealedValueRow
from store.crypto import InvalidToken, Vault
from store.tables import all_tables
from store.tickets import TicketRow

Known = Literal["phone", "cccd", "cmnd", "email", "dossier", "ticket", "conversation"]

SEALED_AS = {
    ("sealed_values", "sealed"): secrets.PURPOSE,
    ("tickets", "contact"): hand_over.CONTACT,
    ("ticket_photos", "sealed"): hand_over.PHOTO,
    ("recordings", "sealed"): recordings.PURPOSE,
    ("reminders", "address"): reminders.ADDRESS,
    ("inbox", "sealed"): "inbox",
    ("outbox", "sealed"): outbox.PURPOSE,
    ("conversations", "external_sealed"): "zalo-user",
    ("calls", "caller_sealed"): "call-caller",
    ("calls", "state"): "call-state",
    ("call_turns", "answer"): "call-answer",
}
NOT_OF_CITIZENS = frozenset(
    ("users", "staff_sessions", "invitations", "audit", "entries", "revisions", "snapshots", "live_snapshot",
     "snapshot_parts", "notices", "import_runs", "imported_texts", "import_differences",
     "account_tokens", "uploads", "unanswered_groups", "nlu_examples", "trainings", "daily_figures", "counted_days",
     "canned_replies", "kept_settings")
)  # fmt: skip


@dataclass
class Subject:
    """What belongs to one person: the primary keys of rows, by table."""

    keys: dict[str, set[Any]] = field(default_factory=dict)

    @property
    def conversations(self) -> set[str]:
        """The conversations among it; what Rasa keeps has the same names."""
        return self.keys.get("conversations", set())


def find(session: Session, vault: Vault, by: Known, value: str) -> Subject:
    """Everything kept of the person of whom `value` is known, as a telephone number, a dossier code and so on.

    Sealed values are opened one by one, as they are sealed so that they cannot be searched.
    """
    roots: dict[str, set[Any]] = {"conversations": set(), "tickets": set(), "dossiers": set(), "calls": set()}
    match by:
        case "conversation":
            roots["conversations"] = set(session.scalars(select(ConversationRow.id).filter_by(id=value)))
        case "ticket":
            roots["tickets"] = set(session.scalars(select(TicketRow.id).filter_by(number=value)))
        case _:
            roots["conversations"] = _by_sealed_value(session, vault, value)
    if by == "phone":
        roots["tickets"] = _by_contact(session, vault, value)
        caller = vault.fingerprint(f"+84{bare(value)[1:]}", "caller")
        roots["calls"] = set(session.scalars(select(CallRow.id).filter_by(caller=caller)))
        roots["conversations"] |= reminders.conversations_of(session, vault, bare(value))
    if by == "dossier":
        row = session.get(dossiers.DossierRow, dossiers.code_key(vault, value))
        roots["dossiers"] = {row.key} if row else set()
    roots["conversations"] |= _conversations_of(session, roots)
    return _follow(session, roots)


def export(session: Session, vault: Vault, subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """All rows of a person by table, as JSON values, with what is sealed opened."""
    told: dict[str, list[dict[str, Any]]] = {}
    for table in all_tables().sorted_tables:
        if subject.keys.get(table.name):
            told[table.name] = [_told(vault, table, row) for row in _rows(session, table, subject)]
    return told


def erase(session: Session, subject: Subject, erase_tracker: Callable[[str], int]) -> dict[str, int]:
    """Delete all rows of a person and what the dialogue keeps of the conversations; how many of each table."""
    events = sum(erase_tracker(conversation_id) for conversation_id in sorted(subject.conversations))
    counts = {"tracker_events": events}
    for table in reversed(all_tables().sorted_tables):
        keys = subject.keys.get(table.name)
        if keys:
            result = cast(CursorResult[Any], session.execute(delete(table).where(_key(table).in_(keys))))
            counts[table.name] = result.rowcount
    return counts


def bare(value: str) -> str:
    """A value as it is compared: lower case without separators, telephone numbers as dialled at home."""
    value = re.sub(r"[\s().+-]", "", value).lower()
    return re.sub(r"^84(?=[235789]\d{8,9}$)", "0", value)


def _by_sealed_value(session: Session, vault: Vault, value: str) -> set[str]:
    rows = session.execute(select(SealedValueRow.conversation_id, SealedValueRow.sealed)).yield_per(1000)
    return {id_ for id_, sealed in rows if _opens_to(vault, sealed, secrets.PURPOSE, value)}


def _by_contact(session: Session, vault: Vault, value: str) -> set[str]:
    query = select(TicketRow.id, TicketRow.contact).where(TicketRow.contact.is_not(None))
    rows = session.execute(query).yield_per(1000)
    return {id_ for id_, sealed in rows if sealed and _opens_to(vault, sealed, hand_over.CONTACT, value)}


def _opens_to(vault: Vault, sealed: bytes, purpose: str, value: str) -> bool:
    try:
        return bare(vault.open(sealed, purpose)) == bare(value)
    except InvalidToken:
        return False


def _conversations_of(session: Session, roots: dict[str, set[Any]]) -> set[str]:
    tickets = select(TicketRow.conversation_id).where(TicketRow.id.in_(roots["tickets"]))
    calls = select(CallRow.conversation_id).where(CallRow.id.in_(roots["calls"]))
    return {id_ for query in (tickets, calls) for id_ in session.scalars(query) if id_}


def _follow(session: Session, roots: dict[str, set[Any]]) -> Subject:
    """The rows that belong to the roots, parents before children."""
    subject = Subject({name: keys for name, keys in roots.items() if keys})
    for table in all_tables().sorted_tables:
        if table.name in NOT_OF_CITIZENS:
            continue
        found = session.scalars(select(_key(table)).where(or_(false(), *_ties(table, subject))))
        keys = subject.keys.get(table.name, set()) | set(found)
        if keys:
            subject.keys[table.name] = keys
    return subject


def _ties(table: Table, subject: Subject) -> Iterable[ColumnElement[bool]]:
    """Conditions for the rows of `table` that belong to rows of the subject."""
    for column in table.columns:
        parents = {key.column.table.name for key in column.foreign_keys}
        if column.name == "conversation_id":
            parents.add("conversations")
        if (table.name, column.name) in (("dossier_attempts", "key"), ("reminders", "dossier")):
            parents.add("dossiers")
        for parent in parents:
            if subject.keys.get(parent):
                yield column.in_(subject.keys[parent])


def _key(table: Table) -> ColumnElement[Any]:
    """The column that names the rows of a table here: its primary key, or of several columns the first."""
    return next(iter(table.primary_key.columns))


def _rows(session: Session, table: Table, subject: Subject) -> Iterable[Row[Any]]:
    return session.execute(select(table).where(_key(table).in_(subject.keys[table.name])))


def _told(vault: Vault, table: Table, row: Row[Any]) -> dict[str, Any]:
    return {name: _plain(vault, table.name, name, value) for name, value in row._mapping.items()}


def _plain(vault: Vault, table: str, column: str, value: Any) -> Any:
    if isinstance(value, bytes):
        purpose = SEALED_AS.get((table, column))
        return vault.open(value, purpose) if purpose else "(sealed)"
    return value.isoformat() if isinstance(value, datetime | date) else value


def as_json(exported: dict[str, list[dict[str, Any]]]) -> str:
    """An export as indented JSON with its Vietnamese readable."""
    return json.dumps(exported, ensure_ascii=False, indent=2, default=str)
