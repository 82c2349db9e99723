"""Entries with their revisions, and the snapshots published from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from store.base import Base, now


class EntryRow(Base):
    """An entry of the knowledge base; what it says stands in its revisions.

    kind: `procedure` or `faq`. origin: `seed`, `officer` or `import`. live: number of the published revision.
    """

    __tablename__ = "entries"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    origin: Mapped[str] = mapped_column(String(16), index=True)
    live: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class RevisionRow(Base):
    """One version of an entry, never changed once published.

    content: a `knowledge.entry.Entry` as JSON. state: `draft`, `review`, `published`, `retired`. title to checked_at:
    of the content, kept beside it so that lists need not read it. subject: field of a procedure, topic of an FAQ.
    checked_at: newest day that one of its sources was checked.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index("ix_revisions_changed", "created_at", "entry_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    title: Mapped[str | None]
    subject: Mapped[str | None] = mapped_column(index=True)
    level: Mapped[str | None] = mapped_column(String(16))
    authority: Mapped[str | None]
    confidence: Mapped[str | None] = mapped_column(String(8))
    checked_at: Mapped[date | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    author: Mapped[str] = mapped_column(String(64))
    reviewer: Mapped[str | None] = mapped_column(String(64))
    comment: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    @validates("content")
    def _keep_beside(self, _name: str, content: dict[str, Any]) -> dict[str, Any]:
        for name, value in listed(content).items():
            setattr(self, name, value)
        return content


def listed(content: dict[str, Any]) -> dict[str, Any]:
    """What is kept beside a revision's content for lists."""
    place = content.get("place") or {}
    days = [str(source["checked_at"]) for source in content.get("sources", ()) if source.get("checked_at")]
    return {
        "title": content.get("title"), "subject": content.get("field") or content.get("topic"),
        "level": place.get("level"), "authority": place.get("authority"), "confidence": content.get("confidence"),
        "checked_at": date.fromisoformat(max(days)) if days else None,
    }  # fmt: skip


class SnapshotRow(Base):
    """An immutable index built from published revisions; its files lie under `snapshots/<number>`.

    state: `building`, `ready`, `failed`. content_hash: of the entries and the code that built it.
    """

    __tablename__ = "snapshots"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(16))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    built_by: Mapped[str] = mapped_column(String(64))
    built_at: Mapped[datetime] = mapped_column(default=now)
    entries: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SnapshotPartRow(Base):
    """A piece of the packed files of a snapshot, for replicas that do not share a disk with the one that built it."""

    __tablename__ = "snapshot_parts"

    number: Mapped[int] = mapped_column(ForeignKey("snapshots.number", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class LiveSnapshotRow(Base):
    """The pointer every replica follows: one row, `id` 1."""

    __tablename__ = "live_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("snapshots.number"))
    switched_at: Mapped[datetime] = mapped_column(default=now)
    switched_by: Mapped[str] = mapped_column(String(64))
