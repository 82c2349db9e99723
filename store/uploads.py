"""Files of entries that staff have sent and not yet taken over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, new_id, now


class UploadRow(Base):
    """One file. entries: the contents it would make, as drafts. report: what was found row by row."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255))
    by: Mapped[str] = mapped_column(String(64))
    entries: Mapped[list[Any]]
    report: Mapped[list[Any]]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    taken_at: Mapped[datetime | None]
