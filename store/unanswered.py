"""Questions that citizens went away with, in groups of one meaning; and what dialogue training learns from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, now


class UnansweredGroupRow(Base):
    """Questions of one meaning. state: `open`, or `closed` once the live base answers them.

    vector: unit vector of its first question, half precision. people: conversations lost to it in the last weeks.
    suggestions: ``[id, title]`` of the nearest entries. draft: entry that somebody has begun to change or write for
    it. answered_by: entry that answers it. judged: newest moment that a citizen called its answer wrong. snapshot:
    the one it was last compared with. returned: how often it came back after it was closed.
    """

    __tablename__ = "unanswered_groups"
    __table_args__ = (Index("ix_unanswered_groups_rank", "state", "people"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    vector: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(8), default="open")
    people: Mapped[int] = mapped_column(default=0)
    suggestions: Mapped[list[Any]] = mapped_column(default=list)
    draft: Mapped[str | None] = mapped_column(String(64))
    answered_by: Mapped[str | None] = mapped_column(String(64))
    snapshot: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class LostQuestionRow(Base):
    """One question that was lost, masked as its turn is, and deleted with it.

    reply: the turn that did not help. reason: `unanswered`, `clarification`, `wrong` or `handed_over`. entry_id: the
    entry that answered, when somebody called the answer wrong.
    """

    __tablename__ = "lost_questions"

    reply: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("unanswered_groups.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    reason: Mapped[str] = mapped_column(String(16))
    entry_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class NluExampleRow(Base):
    """A message and the intent it has, as staff say. state: `proposed`, `accepted` by a second person, `refused`.

    kept_apart: not trained on, to measure with. training: the first one that learned it.
    """

    __tablename__ = "nlu_examples"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str]
    intent: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8), default="proposed", index=True)
    kept_apart: Mapped[bool] = mapped_column(default=False)
    proposed_by: Mapped[str] = mapped_column(String(64))
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    training: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)


class TrainingRow(Base):
    """One training of the dialogue on the shipped data and the accepted examples.

    state: `waiting`, `running`, `better` (and in use, unless a later one is), `no_better`, `failed`. base: what was
    shipped when it was trained; with another base it is not used. before, after: figures of the model in use and of
    the new one. model: the archive, when it is better; loaded when it is asked for. heartbeat: when its process was
    last known to work.
    """

    __tablename__ = "trainings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)
    base: Mapped[str] = mapped_column(String(64))
    started_by: Mapped[str] = mapped_column(String(64))
    examples: Mapped[int] = mapped_column(default=0)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model: Mapped[bytes | None] = mapped_column(deferred=True)
    error: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
