"""Opens, finds, ends and erases web conversations in the store."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.channels.web.tokens import new_token, token_hash
from store import turns
from store.base import now
from store.consent import agreed
from store.conversations import ConversationRow, SealedValueRow
from store.reminders import ReminderRow
from store.tickets import TicketRow, unname_ratings

IDLE = timedelta(minutes=10)


def start(session: Session, language: str = "vi") -> tuple[ConversationRow, str]:
    """A new web conversation and its token."""
    token = new_token()
    consent = agreed({}, "answer", "opened the chat", now())
    row = ConversationRow(channel="web", token_hash=token_hash(token), language=language, context={}, consent=consent)
    session.add(row)
    session.flush()
    return row, token


def find(session: Session, token: str) -> ConversationRow | None:
    """The conversation of a token, unless it has ended."""
    row = turns.by_token(session, token_hash(token))
    return row if row is not None and row.ended_at is None else None


def touch(session: Session, conversation_id: str) -> None:
    """Note that somebody is still at the screen."""
    session.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(last_at=now()))


def erase(session: Session, conversation_id: str) -> None:
    """Delete a conversation with its turns, reminders and sealed values; tickets and marks stay, without it."""
    unname_ratings(session, [conversation_id])
    session.execute(delete(ConversationRow).where(ConversationRow.id == conversation_id))


def end_idle(session: Session, at: datetime | None = None) -> list[str]:
    """End the web conversations nobody used for ten minutes, unless a person or a reminder is awaited; their ids."""
    waiting = exists().where(TicketRow.conversation_id == ConversationRow.id, TicketRow.state.in_(("open", "taken")))
    reminded = exists().where(
        ReminderRow.conversation_id == ConversationRow.id, ReminderRow.channel == "web", ReminderRow.state == "on"
    )
    query = select(ConversationRow.id).where(
        ConversationRow.channel == "web",
        ConversationRow.ended_at.is_(None),
        ConversationRow.last_at < (at or now()) - IDLE,
        ~waiting,
        ~reminded,
    )
    ids = list(session.scalars(query.limit(500)))
    if ids:
        session.execute(
            update(ConversationRow).where(ConversationRow.id.in_(ids)).values(state="ended", ended_at=now())
        )
        session.execute(delete(SealedValueRow).where(SealedValueRow.conversation_id.in_(ids)))
    return ids
