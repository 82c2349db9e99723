"""What a channel still has to send out: written in the transaction that commits a reply, sent afterwards, in order.

A row is `waiting` → `sending` → `sent`; `held` until the person writes again; `parked` when it can never be sent. Who
takes a row gets a lease; a lease that runs out means that nobody knows whether it was sent, which `uncertain` counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from store.base import Base, now
from store.conversations import ConversationRow, InboxRow

PURPOSE = "outbox"
LEASE = timedelta(seconds=60)
_OPEN = ("waiting", "sending")


class OutboxRow(Base):
    """One message to send. sealed: its JSON, None once it is sent. part: its place among those of one turn.

    due_at: not before then; while `sending`, the end of the lease. attempts: sends begun. uncertain: sends that may
    have arrived although we never heard so. error: the last refusal of the channel, in its own words or numbers.
    """

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("turn_id", "part"), Index("ix_outbox_open", "channel", "state", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    turn_id: Mapped[str] = mapped_column(String(128))
    part: Mapped[int]
    sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    due_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    uncertain: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]


def put(
    session: Session, conversation: ConversationRow, turn_id: str, sealed: Sequence[bytes], channel: str | None = None
) -> None:
    """Queue the messages of one turn, in order; by default on the channel of the conversation."""
    for part, one in enumerate(sealed):
        row = OutboxRow(conversation_id=conversation.id, turn_id=turn_id, part=part)
        row.channel = channel or conversation.channel
        row.sealed = one
        session.add(row)
    session.flush()


def claim(session: Session, channel: str, at: datetime, limit: int = 8) -> list[OutboxRow]:
    """Lease what is due: of each conversation only the oldest open row, so that nothing overtakes."""
    older = aliased(OutboxRow)
    blocked = select(older.id).where(
        older.conversation_id == OutboxRow.conversation_id,
        older.channel == channel,
        older.id < OutboxRow.id,
        older.state.in_(_OPEN),
    )
    query = (
        select(OutboxRow)
        .where(OutboxRow.channel == channel, OutboxRow.state.in_(_OPEN), OutboxRow.due_at <= at, ~blocked.exists())
        .order_by(OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.uncertain += row.state == "sending"
        row.attempts += 1
        row.state, row.due_at = "sending", at + LEASE
    return rows


def settle(session: Session, row: OutboxRow, **values: Any) -> bool:
    """Write how a send ended, unless somebody else has taken the row since; whether it was written."""
    mine = update(OutboxRow).where(
        OutboxRow.id == row.id, OutboxRow.state == "sending", OutboxRow.attempts == row.attempts
    )
    return cast(CursorResult[Any], session.execute(mine.values(**values))).rowcount == 1


def release(session: Session, channel: str, external: str, at: datetime) -> None:
    """The person has written: what was held for them may go out."""
    theirs = select(ConversationRow.id).filter_by(channel=channel, external=external)
    held = update(OutboxRow).where(OutboxRow.conversation_id.in_(theirs), OutboxRow.state == "held")
    session.execute(held.values(state="waiting", due_at=at), execution_options={"synchronize_session": False})


def last_heard(session: Session, channel: str, external: str) -> datetime | None:
    """When the person last wrote, in any of their conversations."""
    query = select(func.max(InboxRow.accepted_at)).join(ConversationRow, ConversationRow.id == InboxRow.conversation_id)
    return session.scalar(query.where(ConversationRow.channel == channel, ConversationRow.external == external))


def sent_since(session: Session, channel: str, external: str, since: datetime) -> int:
    """How many messages went out to the person since then, counting those that may have gone out twice as two."""
    query = (
        select(func.count(OutboxRow.id) + func.coalesce(func.sum(OutboxRow.uncertain), 0))
        .join(ConversationRow, ConversationRow.id == OutboxRow.conversation_id)
        .where(ConversationRow.channel == channel, ConversationRow.external == external)
        .where(OutboxRow.channel == channel, OutboxRow.state == "sent", OutboxRow.sent_at > since)
    )
    return session.scalar(query) or 0


def due(session: Session, channel: str, at: datetime) -> bool:
    """Whether anything waits to be sent now."""
    query = select(OutboxRow.id).where(OutboxRow.channel == channel, OutboxRow.state.in_(_OPEN), OutboxRow.due_at <= at)
    return session.scalars(query.limit(1)).first() is not None
