"""Telephone calls and their turns: when, how long, how they ended, where callers left. No digits, no numbers.

A call's state and the answers already given are sealed while the call lasts and deleted when it ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, now
from store.conversations import ConversationRow, SealedValueRow
from store.tickets import TicketRow

LONGEST = timedelta(hours=2)


class CallRow(Base):
    """One call, by the carrier's id.

    caller: fingerprint of the calling number, of the browser's address for a simulated call, None when withheld. state:
    sealed `CallState`. status: the carrier's last word. outcome: `answered`, `dossier`, `person`, `callback`,
    `voicemail`, `complaint`, `no_input` or `none`. left_at: the state in which the call ended. consent: when it was
    announced that speech becomes text, whether the caller opted out of that, whether a recording was agreed to.
    """

    __tablename__ = "calls"
    __table_args__ = (Index("ix_calls_started", "started_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    caller: Mapped[str | None] = mapped_column(String(64))
    caller_sealed: Mapped[bytes | None]
    state: Mapped[bytes | None]
    turn: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(16), default="in-progress", index=True)
    outcome: Mapped[str] = mapped_column(String(16), default="none", index=True)
    left_at: Mapped[str] = mapped_column(String(24), default="main")
    consent: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seconds: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class CallTurnRow(Base):
    """One post of the carrier and our answer.

    heard: `began`, `keys`, `speech`, `silence`, `person`, `recorded`. keys: how many were pressed. text: what was said,
    masked. state: where the call stood, then: where it went. milliseconds: until our answer. answer: sealed TwiML, for
    the same post again.
    """

    __tablename__ = "call_turns"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    heard: Mapped[str] = mapped_column(String(12))
    keys: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(24))
    then: Mapped[str] = mapped_column(String(24))
    milliseconds: Mapped[float] = mapped_column(default=0.0)
    answer: Mapped[bytes | None]


def find_turn(session: Session, call_id: str, number: int) -> CallTurnRow | None:
    """The turn of a call, if it was answered before."""
    return session.scalars(select(CallTurnRow).filter_by(call_id=call_id, number=number)).one_or_none()


def turns_of(session: Session, call_id: str) -> list[CallTurnRow]:
    """All turns of a call, in order."""
    return list(session.scalars(select(CallTurnRow).filter_by(call_id=call_id).order_by(CallTurnRow.number)))


def close(session: Session, call: CallRow, status: str, seconds: int | None, at: datetime) -> None:
    """Note how a call ended; forget its state and answers, and the values masked out of it unless a person is owed."""
    call.status, call.ended_at, call.state, call.caller_sealed = status, at, None, None
    call.seconds = seconds if seconds is not None else int((at - call.started_at).total_seconds())
    session.execute(update(CallTurnRow).where(CallTurnRow.call_id == call.id).values(answer=None))
    if call.conversation_id is None:
        return
    owed = select(TicketRow.id).where(
        TicketRow.conversation_id == call.conversation_id, TicketRow.state.in_(("open", "taken"))
    )
    session.get_one(ConversationRow, call.conversation_id).ended_at = at
    if session.scalar(owed.limit(1)) is None:
        session.execute(delete(SealedValueRow).where(SealedValueRow.conversation_id == call.conversation_id))


def close_forgotten(session: Session, at: datetime) -> int:
    """Close calls whose status callback never came; how many there were."""
    query = select(CallRow).where(CallRow.ended_at.is_(None), CallRow.started_at < at - LONGEST).limit(500)
    forgotten = list(session.scalars(query))
    for call in forgotten:
        close(session, call, "forgotten", None, at)
    return len(forgotten)


def recorded_ticket(session: Session, conversation_id: str) -> TicketRow | None:
    """The newest ticket of a call that holds a recording."""
    query = select(TicketRow).where(
        TicketRow.conversation_id == conversation_id, TicketRow.kind.in_(("voicemail", "complaint"))
    )
    return session.scalars(query.order_by(TicketRow.created_at.desc()).limit(1)).first()


def ticket_of_post(session: Session, conversation_id: str, post: str) -> TicketRow | None:
    """The ticket that this very post of the carrier made before."""
    tickets = session.scalars(select(TicketRow).filter_by(conversation_id=conversation_id))
    return next((ticket for ticket in tickets if ticket.details.get("post") == post), None)


def last_words(session: Session, call_id: str) -> str:
    """The last sentence of a call, masked; empty when nothing was said."""
    query = select(CallTurnRow.text).where(CallTurnRow.call_id == call_id, CallTurnRow.text != "")
    return session.scalars(query.order_by(CallTurnRow.number.desc()).limit(1)).first() or ""


def taken_at_desk(session: Session, call_id: str) -> bool:
    """Whether somebody took the case of a waiting call at the desk and has a number to call back."""
    query = (
        select(TicketRow.id)
        .join(CallRow, TicketRow.conversation_id == CallRow.conversation_id)
        .where(CallRow.id == call_id, TicketRow.kind == "hand_over", TicketRow.state == "taken")
        .where(TicketRow.contact.is_not(None))
    )
    return session.scalar(query.limit(1)) is not None


def longest_waiting(session: Session) -> CallRow | None:
    """The call in the queue that has waited longest."""
    query = (
        select(CallRow)
        .join(TicketRow, TicketRow.conversation_id == CallRow.conversation_id)
        .where(TicketRow.kind == "hand_over", TicketRow.state == "open", CallRow.ended_at.is_(None))
    )
    return session.scalars(query.order_by(TicketRow.created_at).limit(1)).first()
