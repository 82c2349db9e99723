"""What a citizen is promised by a person: hand-overs, callbacks, complaints, voicemails; and ratings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, new_id, now


class TicketRow(Base):
    """kind: `hand_over`, `callback`, `complaint`, `voicemail`. state: `open`, `taken`, `closed`.

    number: what the citizen is told, e.g. ``PA-26-000123``. contact: sealed phone number. pin_hash: lets the citizen
    look the ticket up.
    """

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True, default="open")
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    category: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(default="")
    contact: Mapped[bytes | None]
    pin_hash: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    promised_until: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)


class RatingRow(Base):
    """A citizen's judgement: `score` 1-5 of the conversation, or `helpful` of one turn with a reason."""

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[str | None] = mapped_column(String(32))
    score: Mapped[int | None]
    helpful: Mapped[bool | None]
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
