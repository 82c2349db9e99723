"""Accounts and their sessions: signing in, the lockout after failures, and the end of a session."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy import delete
from sqlalchemy.orm import Session

from console import audit
from console.passwords import hash_password, is_password
from console.roles import ROLES
from store.base import now
from store.crypto import Vault
from store.staff import StaffSessionRow, UserRow

FAILURES = 5
LOCKED = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
IDLE = timedelta(minutes=30)
TOTP = "staff-totp"
_SEEN_EVERY = timedelta(minutes=1)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in. csrf: the token that every form of the session carries. session: hash of the cookie."""

    name: str
    display_name: str
    role: str
    csrf: str
    session: str


class AccountError(ValueError):
    """What is wrong with a new account; the text is Vietnamese."""


def add_user(session: Session, name: str, display_name: str, role: str, password: str | None) -> UserRow:
    """A new account, without a password for the province's sign-on only. Raises AccountError or WeakPasswordError."""
    if not _NAME.fullmatch(name):
        raise AccountError("Tên đăng nhập gồm 2 đến 32 chữ thường không dấu, số, dấu chấm, gạch ngang, gạch dưới.")
    if role not in ROLES:
        raise AccountError("Không có vai trò này.")
    if session.get(UserRow, name) is not None:
        raise AccountError("Tên đăng nhập này đã có người dùng.")
    hashed = "" if password is None else hash_password(password, name)
    user = UserRow(name=name, display_name=display_name.strip() or name, role=role, password=hashed)
    session.add(user)
    session.flush()
    return user


def sign_in(session: Session, vault: Vault, name: str, password: str, code: str) -> tuple[UserRow, str] | None:
    """The account and the cookie of its new session; None for whatever is wrong, which is not told apart.

    After `FAILURES` wrong tries in a row nobody gets in for `LOCKED`, with the right password neither.
    """
    user = session.get(UserRow, name)
    fits = is_password(password, user.password if user else None)
    if user is None or not user.active or _locked(user):
        return None
    if not (fits and _code_fits(user, vault, code)):
        _failed(session, user)
        return None
    user.failures, user.locked_until = 0, None
    audit.note(session, user.name, "signed in")
    return user, open_session(session, user)


def open_session(session: Session, user: UserRow) -> str:
    """A new session of an account: the token for its cookie, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    user.last_seen = now()
    session.add(
        StaffSessionRow(
            token_hash=hash_token(token), user=user.name, csrf=secrets.token_urlsafe(32), expires_at=now() + LONGEST
        )
    )
    return token


def find(session: Session, token: str | None) -> Staff | None:
    """Who a cookie belongs to; None when the session is over or the account was closed."""
    row = session.get(StaffSessionRow, hash_token(token)) if token else None
    if row is None or row.expires_at < now() or row.seen_at < now() - IDLE:
        return None
    user = session.get(UserRow, row.user)
    if user is None or not user.active:
        return None
    return Staff(user.name, user.display_name, user.role, row.csrf, row.token_hash)


def seen(session: Session, staff: Staff, *, acting: bool = True) -> None:
    """Note that a page of somebody is open, and unless it only brings itself up to date, that they act."""
    row = session.get(StaffSessionRow, staff.session)
    user = session.get(UserRow, staff.name)
    if row is not None and user is not None:
        user.last_seen = now()
        row.seen_at = now() if acting else row.seen_at


def to_be_noted(session: Session, staff: Staff, *, acting: bool = True) -> bool:
    """Whether the last note that somebody is there, or acts, is old enough for another."""
    row = session.get(StaffSessionRow, staff.session)
    user = session.get(UserRow, staff.name)
    late = now() - _SEEN_EVERY
    if row is None or user is None:
        return False
    return user.last_seen is None or user.last_seen < late or (acting and row.seen_at < late)


def sign_out(session: Session, staff: Staff) -> None:
    """End the session of a browser."""
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == staff.session))
    audit.note(session, staff.name, "signed out")


def end_sessions(session: Session, name: str, keep: str | None = None) -> None:
    """End all sessions of an account, `keep` excepted: after a new password or another role."""
    query = delete(StaffSessionRow).where(StaffSessionRow.user == name)
    session.execute(query.where(StaffSessionRow.token_hash != keep) if keep else query)


def hash_token(token: str) -> str:
    """What the store keeps of a secret in a cookie or a link: 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(user: UserRow) -> bool:
    return user.locked_until is not None and user.locked_until > now()


def _failed(session: Session, user: UserRow) -> None:
    user.failures += 1
    audit.note(session, user.name, "sign-in failed")
    if user.failures >= FAILURES:
        user.failures, user.locked_until = 0, now() + LOCKED
        audit.note(session, user.name, "locked out")


def _code_fits(user: UserRow, vault: Vault, code: str) -> bool:
    """Whether a one-time code (RFC 6238) is right and newer than the last one used; without TOTP none is asked."""
    if user.totp_sealed is None:
        return True
    totp = pyotp.TOTP(vault.open(user.totp_sealed, TOTP))
    present = int(now().timestamp()) // totp.interval
    for step in (present, present - 1, present + 1):
        if step > (user.totp_step or 0) and pyotp.utils.strings_equal(totp.generate_otp(step), code.strip()):
            user.totp_step = step
            return True
    return False
