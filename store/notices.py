"""What all citizens are told on every channel: an emergency, a notice before the next answer, or that we pause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, now


class NoticeRow(Base):
    """kind: `banner` (an emergency), `notice` or `pause` (of the assistant). It is in force until `ended_at`."""

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


def to_tell(session: Session, answered_at: datetime | None) -> dict[str, str]:
    """What a citizen has not been told yet, by kind. answered_at: of our last answer; who pauses says so every time."""
    rows = in_force(session).items()
    return {k: r.text for k, r in rows if k == "pause" or answered_at is None or r.created_at > answered_at}


def put(session: Session, kind: str, text: str, by: str) -> None:
    """Tell all citizens something; what was told of the same kind ends."""
    end(session, kind)
    session.add(NoticeRow(kind=kind, text=text, by=by))


def end(session: Session, kind: str) -> None:
    """End what is told of a kind."""
    for row in session.scalars(select(NoticeRow).where(NoticeRow.kind == kind, NoticeRow.ended_at.is_(None))):
        row.ended_at = now()
