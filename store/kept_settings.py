"""What administrators set in the console: every version is kept, the newest is in force on all replicas."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, now

Name = Literal["profile", "retention"]


class KeptSettingRow(Base):
    """name: `profile` (of the province) or `retention` (days by sort)."""

    __tablename__ = "kept_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(16), index=True)
    content: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


def in_force(session: Session, name: Name) -> KeptSettingRow | None:
    """The newest version; None while nothing was set in the console."""
    query = select(KeptSettingRow).filter_by(name=name).order_by(KeptSettingRow.id.desc())
    return session.scalars(query.limit(1)).first()


def versions(session: Session, name: Name, limit: int = 50) -> list[KeptSettingRow]:
    """The versions, the newest first."""
    query = select(KeptSettingRow).filter_by(name=name).order_by(KeptSettingRow.id.desc())
    return list(session.scalars(query.limit(limit)))


def put(session: Session, name: Name, content: dict[str, Any], by: str) -> None:
    """A new version, in force from now on."""
    session.add(KeptSettingRow(name=name, content=content, by=by))
