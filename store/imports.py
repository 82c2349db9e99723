"""What was imported from which file, what of it needs a person, and where it differs from written entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, now


class ImportRunRow(Base):
    """One file's import; a run that was interrupted continues behind `cursor`.

    file_hash: SHA-256 of the file. cursor: how many records are committed. counts: records by outcome.
    gone: codes of earlier imports that the file lacks. state: `running` or `done`.
    """

    __tablename__ = "import_runs"

    file_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    records: Mapped[int]
    cursor: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    gone: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(16), default="running")
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class ImportedTextRow(Base):
    """A text of a record that could not be taken over as it is. flag: see `knowledge.sources.portal.Flagged`."""

    __tablename__ = "imported_texts"
    __table_args__ = (Index("ix_imported_texts_flag", "flag"),)

    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(String(32))
    flag: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]


class ImportDifferenceRow(Base):
    """A value of an import that differs from a written or reviewed entry, which stays as it is.

    ours, theirs: ``{"value": …}``. state: `open`, or `kept` once a person has looked and keeps ours.
    """

    __tablename__ = "import_differences"

    entry_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    field: Mapped[str] = mapped_column(String(32), primary_key=True)
    ours: Mapped[dict[str, Any]]
    theirs: Mapped[dict[str, Any]]
    file_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(8), default="open", index=True)
    seen_at: Mapped[datetime] = mapped_column(default=now)
