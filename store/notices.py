"""What all citizens are told on every channel: a notice before the first answer, or that the assistant pauses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, now


class NoticeRow(Base):
    """kind: `notice` or `pause`. It is in force until `ended_at`."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str]
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


def in_force(session: Session) -> dict[str, NoticeRow]:
    """The newest notice of each kind that has not ended."""
    query = select(NoticeRow).where(NoticeRow.ended_at.is_(None)).order_by(NoticeRow.id)
    return {row.kind: row for row in session.scalars(query)}


def put(session: Session, kind: str, text: str, by: str) -> None:
    """Tell all citizens something; what was told of the same kind ends."""
    end(session, kind)
    session.add(NoticeRow(kind=kind, text=text, by=by))


def end(session: Session, kind: str) -> None:
    """End what is told of a kind."""
    for row in session.scalars(select(NoticeRow).where(NoticeRow.kind == kind, NoticeRow.ended_at.is_(None))):
        row.ended_at = now()
