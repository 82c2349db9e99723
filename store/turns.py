"""Named queries on conversations and their turns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.base import now
from store.conversations import ConversationRow, SealedValueRow, TurnRow
from store.locks import hold


def by_token(session: Session, token_hash: str) -> ConversationRow | None:
    """The conversation a bearer token opens, also when it has ended."""
    return session.scalars(select(ConversationRow).filter_by(token_hash=token_hash)).one_or_none()


def by_external(session: Session, channel: str, external: str) -> ConversationRow | None:
    """The newest conversation of somebody a channel knows, unless it has ended."""
    query = (
        select(ConversationRow)
        .filter_by(channel=channel, external=external, ended_at=None)
        .order_by(ConversationRow.created_at.desc())
    )
    return session.scalars(query.limit(1)).first()


def latest(session: Session, conversation_id: str, limit: int = 12) -> list[TurnRow]:
    """The last turns, oldest first."""
    query = select(TurnRow).filter_by(conversation_id=conversation_id).order_by(TurnRow.seq.desc()).limit(limit)
    return list(reversed(list(session.scalars(query))))


def after(session: Session, conversation_id: str, seq: int) -> list[TurnRow]:
    """All turns later than `seq`, oldest first; 0 gives the whole conversation."""
    query = select(TurnRow).where(TurnRow.conversation_id == conversation_id, TurnRow.seq > seq)
    return list(session.scalars(query.order_by(TurnRow.seq)))


def append(session: Session, conversation: ConversationRow, turns: Sequence[TurnRow]) -> None:
    """Add turns at the end, in order, and note that the conversation is alive."""
    hold(session, f"turns:{conversation.id}")
    last = session.scalar(select(func.max(TurnRow.seq)).filter_by(conversation_id=conversation.id)) or 0
    for offset, turn in enumerate(turns, start=1):
        turn.conversation_id, turn.seq = conversation.id, last + offset
        session.add(turn)
    conversation.last_at = now()


def sealed_values(session: Session, conversation_id: str) -> list[SealedValueRow]:
    """The masked values of a conversation, by kind and number."""
    query = select(SealedValueRow).filter_by(conversation_id=conversation_id)
    return list(session.scalars(query.order_by(SealedValueRow.kind, SealedValueRow.number)))
