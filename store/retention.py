"""Deletes what has been kept long enough. The periods are settings, ``RETENTION_DAYS_*``; docs/privacy.md says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, select, update
from sqlalchemy.orm import Session

from settings import Settings
from store import kept_settings
from store.calls import CallRow
from store.conversations import ConversationRow, InboxRow, SealedValueRow
from store.dossiers import forget_attempts, forget_returned
from store.engine import Database
from store.guesses import forget as forget_guesses
from store.reminders import ReminderRow
from store.staff import AuditRow, InvitationRow, StaffSessionRow
from store.tickets import TicketRow, unname_ratings

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Periods:
    """Days. conversations: after the last message. sealed_values: the same, for values masked out of texts and raw
    messages that could not be answered. tickets: after closing. attempts: look-ups of dossiers. dossiers: after the
    result was handed out. audit: of staff.
    """

    conversations: int
    sealed_values: int
    tickets: int
    attempts: int
    dossiers: int
    audit: int

    @classmethod
    def of(cls, settings: Settings) -> Periods:
        """The periods an operator has set."""
        return cls(
            settings.retention_days_conversations,
            settings.retention_days_sealed_values,
            settings.retention_days_tickets,
            settings.retention_days_attempts,
            settings.retention_days_dossiers,
            settings.retention_days_audit,
        )

    @classmethod
    def in_force(cls, database: Database, settings: Settings) -> Periods:
        """The periods an administrator has set in the console, and else those of the settings."""
        with database.read() as session:
            kept = kept_settings.in_force(session, "retention")
        return replace(cls.of(settings), **(kept.content if kept else {}))


def delete_expired(
    database: Database, erase_tracker: Callable[[str], int], periods: Periods, at: datetime
) -> dict[str, int]:
    """Delete everything older than its period, in short transactions; how many rows of each sort went.

    What a citizen still waits for stays: open tickets and reminders, and the conversations they belong to.
    erase_tracker: deletes what the dialogue keeps of a conversation, before the conversation itself, so that an
    interrupted run repeats it.
    """
    spoken_before = at - timedelta(days=periods.conversations)
    counts = {"conversations": _conversations(database, erase_tracker, spoken_before)}
    with database.write() as session:
        counts["calls"] = _calls(session, spoken_before)
        counts["sealed_values"] = _sealed_values(session, at - timedelta(days=periods.sealed_values))
        counts["tickets"] = _count(
            session, delete(TicketRow).where(TicketRow.closed_at < at - timedelta(days=periods.tickets))
        )
        counts["attempts"] = forget_attempts(session, at - timedelta(days=periods.attempts))
        counts["guesses"] = forget_guesses(session, at - timedelta(days=periods.attempts))
        counts["dossiers"] = forget_returned(session, at.date(), periods.dossiers)
        counts["audit"] = _count(session, delete(AuditRow).where(AuditRow.at < at - timedelta(days=periods.audit)))
        counts["staff_sessions"] = _count(session, delete(StaffSessionRow).where(StaffSessionRow.expires_at < at))
        counts["invitations"] = _count(session, delete(InvitationRow).where(InvitationRow.expires_at < at))
    return counts


def _conversations(database: Database, erase_tracker: Callable[[str], int], before: datetime) -> int:
    deleted = 0
    while True:
        with database.read() as session:
            query = select(ConversationRow.id).where(ConversationRow.last_at < before, ~_awaited())
            ids = list(session.scalars(query.limit(_BATCH)))
        for conversation_id in ids:
            erase_tracker(conversation_id)
        if not ids:
            return deleted
        with database.write() as session:
            unname_ratings(session, ids)
            deleted += _count(session, delete(ConversationRow).where(ConversationRow.id.in_(ids)))


def _calls(session: Session, before: datetime) -> int:
    """Delete the records of old calls whose conversation is gone."""
    old = delete(CallRow).where(CallRow.started_at < before, CallRow.conversation_id.is_(None))
    return _count(session, old)


def _sealed_values(session: Session, before: datetime) -> int:
    """Forget the values of quiet conversations, and raw messages that were parked."""
    quiet = select(ConversationRow.id).where(ConversationRow.last_at < before, ~_awaited())
    parked = update(InboxRow).where(InboxRow.accepted_at < before, InboxRow.sealed.is_not(None)).values(sealed=None)
    values = delete(SealedValueRow).where(SealedValueRow.conversation_id.in_(quiet))
    return _count(session, values) + _count(session, parked)


def _awaited() -> Any:
    """Whether the conversation is still owed something, by a person or by a reminder."""
    ticket = exists().where(TicketRow.conversation_id == ConversationRow.id, TicketRow.state != "closed")
    reminder = exists().where(ReminderRow.conversation_id == ConversationRow.id, ReminderRow.state == "on")
    return ticket | reminder


def _count(session: Session, statement: Any) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount
