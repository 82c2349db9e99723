"""Codes that carry a conversation to another channel: six digits, once, ten minutes; and which went where.

Only a fingerprint of a code is kept. A used row stays as the one proof that two channels belong to one person.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, ForeignKey, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.conversations import ConversationRow
from store.crypto import Vault

VALID = timedelta(minutes=10)
_PURPOSE = "move-code"


class MoveRow(Base):
    """conversation_id: what is carried. code: fingerprint. target_id: where it went, None until `used_at`."""

    __tablename__ = "moves"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    target_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)


def offer(session: Session, vault: Vault, conversation_id: str, at: datetime) -> str:
    """A new code for a conversation, six digits; the one it had before is void."""
    unused = delete(MoveRow).where(MoveRow.conversation_id == conversation_id, MoveRow.used_at.is_(None))
    session.execute(unused)
    while _live(session, code := f"{secrets.randbelow(10**6):06d}", vault, at) is not None:
        continue
    row = MoveRow(conversation_id=conversation_id, code=vault.fingerprint(code, _PURPOSE), expires_at=at + VALID)
    session.add(row)
    return code


def take(session: Session, vault: Vault, code: str, target_id: str, at: datetime) -> tuple[str, bool] | None:
    """Use a code up for `target_id`: whose conversation it carries, and whether this is its first use.

    The same target may repeat itself while the code is valid, so that a crash between this and its reply loses
    nothing. None when the code is wrong, too old, used by another, or of the target itself.
    """
    row = _live(session, code, vault, at, target_id)
    if row is None or row.conversation_id == target_id:
        return None
    if row.used_at is not None:
        return row.conversation_id, False
    mine = update(MoveRow).where(MoveRow.id == row.id, MoveRow.used_at.is_(None))
    taken = cast(CursorResult[Any], session.execute(mine.values(used_at=at, target_id=target_id)))
    return (row.conversation_id, True) if taken.rowcount else None


def linked(session: Session, conversation_id: str) -> ConversationRow | None:
    """The conversation that a used code joined to this one last, in either direction, unless it has ended."""
    ways = or_(MoveRow.conversation_id == conversation_id, MoveRow.target_id == conversation_id)
    query = select(MoveRow).where(ways, MoveRow.target_id.is_not(None)).order_by(MoveRow.used_at.desc())
    for row in session.scalars(query):
        other = row.target_id if row.conversation_id == conversation_id else row.conversation_id
        found = session.get(ConversationRow, other)
        if found is not None and found.ended_at is None:
            return found
    return None


def _live(session: Session, code: str, vault: Vault, at: datetime, target_id: str | None = None) -> MoveRow | None:
    """The row of a code that is still good: unused, or used by `target_id`."""
    free = or_(MoveRow.used_at.is_(None), MoveRow.target_id == target_id)
    query = select(MoveRow).where(MoveRow.code == vault.fingerprint(code, _PURPOSE), MoveRow.expires_at > at, free)
    return session.scalars(query.order_by(MoveRow.id.desc()).limit(1)).first()
