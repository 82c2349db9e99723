"""Replies that staff keep ready for what is asked again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, now


class CannedReplyRow(Base):
    """title: what staff call it. text: what is put into the answer, to be changed before it is sent."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str]
    by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(default=now)


def every(session: Session) -> list[CannedReplyRow]:
    """All of them by title."""
    return list(session.scalars(select(CannedReplyRow).order_by(CannedReplyRow.title, CannedReplyRow.id)))
