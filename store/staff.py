"""Staff accounts, their sessions, and the audit of what they did and looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, now


class UserRow(Base):
    """role: `curator`, `publisher`, `agent`, `supervisor` or `admin`. password: an argon2id hash, empty for accounts
    that sign in through the province only. subject: who that is to the province's sign-on, ``issuer subject``.

    totp_step: the time step of the last one-time code used, which is not taken again. available: whether an agent
    takes people now. last_seen: when a page of theirs was last open.
    """

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    display_name: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(16))
    password: Mapped[str]
    totp_sealed: Mapped[bytes | None]
    totp_step: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    available: Mapped[bool] = mapped_column(default=True, server_default=true())
    subject: Mapped[str | None] = mapped_column(String(255), index=True, unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A signed-in browser; `token_hash` is the SHA-256 of the cookie."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.name", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class InvitationRow(Base):
    """A one-time link that creates an account with `role`, or lets `user`, who has one, choose another password.

    token_hash: the SHA-256 of its secret.
    """

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    user: Mapped[str | None] = mapped_column(ForeignKey("users.name", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditRow(Base):
    """Who did what to what, when; never holds a personal value."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    user: Mapped[str] = mapped_column(String(64), index=True)
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str | None] = mapped_column(String(128), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
