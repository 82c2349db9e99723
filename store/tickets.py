"""What a citizen is promised by a person: hand-overs, callbacks, complaints, voicemails; and ratings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, new_id, now


class TicketRow(Base):
    """kind: `hand_over`, `callback`, `complaint`, `voicemail`. state: `open`, `taken`, `closed`.

    number: what the citizen is told, e.g. ``PA-26-000123``; with the PIN computed from it (`hand_over.pin_of`) the
    citizen looks the ticket up. contact: sealed phone number. place: where it happened, in the citizen's words.
    """

    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True, default="open")
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    category: Mapped[str | None] = mapped_column(String(32))
    place: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    contact: Mapped[bytes | None]
    agent: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    promised_until: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)


class PhotoRow(Base):
    """A photograph of a ticket. sealed: the base64 of a JPEG without metadata (`bot.photos`)."""

    __tablename__ = "ticket_photos"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(default=now)


class RatingRow(Base):
    """A citizen's judgement: `score` 1-5 of the conversation, or `helpful` of one turn with a reason.

    It outlives its conversation without a name to it, so that satisfaction does not change when old conversations go.
    by: the member of staff who marked the turn as wrong; None for the citizen's own judgement.
    """

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"), index=True)
    turn_id: Mapped[str | None] = mapped_column(String(32))
    score: Mapped[int | None]
    helpful: Mapped[bool | None]
    reason: Mapped[str | None]
    by: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now, index=True)


def unname_ratings(session: Session, conversation_ids: Collection[str]) -> None:
    """Keep of the ratings of these conversations, which are about to go, only marks and thumbs."""
    theirs = update(RatingRow).where(RatingRow.conversation_id.in_(conversation_ids))
    unnamed = theirs.values(conversation_id=None, turn_id=None, reason=None)
    session.execute(unnamed, execution_options={"synchronize_session": False})
