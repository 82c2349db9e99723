"""Conversations, their turns, the inbox that is written before anything is acknowledged, and sealed values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, new_id, now


class ConversationRow(Base):
    """One conversation on one channel.

    state: `assistant` (the bot answers), `queued` (a person was asked for; the bot still answers), `person` (a member
    of staff writes), `ended`. external: who it is to the channel (a Zalo user id, a call id), fingerprinted.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    external: Mapped[str | None] = mapped_column(String(64), index=True)
    external_sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(16), default="assistant")
    agent: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8), default="vi")
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    consent: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    last_at: Mapped[datetime] = mapped_column(default=now, index=True)
    ended_at: Mapped[datetime | None]


class TurnRow(Base):
    """One utterance; `text` is masked. author: `citizen`, `assistant`, `person` or `system`."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"), Index("ix_turns_at", "at"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(String(16))
    text: Mapped[str]
    message_id: Mapped[str | None] = mapped_column(String(128))
    reply_to: Mapped[str | None] = mapped_column(String(32))
    status: Mapped[str | None] = mapped_column(String(16), index=True)
    messages: Mapped[list[Any]] = mapped_column(default=list)
    entry_id: Mapped[str | None] = mapped_column(String(64), index=True)
    aspect: Mapped[str | None] = mapped_column(String(16))
    intent: Mapped[str | None] = mapped_column(String(32))
    confidence: Mapped[float | None]
    snapshot: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    timings: Mapped[dict[str, Any]] = mapped_column(default=dict)


class InboxRow(Base):
    """What a channel accepted and we owe an answer to.

    sealed: the raw event, encrypted, None once the reply is committed. state: `waiting`, `working`, `done`, `parked`.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_inbox_open", "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(128))
    channel: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes | None]
    accepted_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    lease_owner: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    turn_id: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None]


class SealedValueRow(Base):
    """A personal value that was masked out of a text: the placeholder `kind:number` stands for `sealed`."""

    __tablename__ = "sealed_values"
    __table_args__ = (UniqueConstraint("conversation_id", "kind", "fingerprint"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
