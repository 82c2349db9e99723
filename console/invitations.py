"""One-time links: they make an account, the first administrator's too, or give one another password."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from console import audit
from console.accounts import add_user, end_sessions, hash_token
from console.passwords import hash_password
from store.base import now
from store.engine import Database
from store.staff import InvitationRow, UserRow

VALID = timedelta(hours=24)
PATH = "/console/invitations/"


def invite(session: Session, role: str) -> str:
    """The path of a new one-time link for somebody with `role`; only a hash of its secret is kept."""
    token = secrets.token_urlsafe(32)
    session.add(InvitationRow(token_hash=hash_token(token), role=role, expires_at=now() + VALID))
    return PATH + token


def reset(session: Session, user: UserRow) -> str:
    """The path of a one-time link with which somebody chooses another password; until then nobody signs in as them.

    Password, one-time codes, lockout, open sessions and earlier links of the account end now.
    """
    token = secrets.token_urlsafe(32)
    user.password, user.totp_sealed, user.totp_step = "", None, None
    user.failures, user.locked_until = 0, None
    end_sessions(session, user.name)
    session.execute(delete(InvitationRow).where(InvitationRow.user == user.name))
    session.add(InvitationRow(token_hash=hash_token(token), role=user.role, user=user.name, expires_at=now() + VALID))
    return PATH + token


def find(session: Session, token: str) -> InvitationRow | None:
    """The invitation behind a link; None when it was used or its day is over."""
    row = session.get(InvitationRow, hash_token(token))
    return row if row is not None and row.used_at is None and row.expires_at > now() else None


def accept(session: Session, invitation: InvitationRow, name: str, display_name: str, password: str | None) -> UserRow:
    """Make the account of an invitation. The first account ends every other link. Raises as `add_user`."""
    first = no_users(session)
    user = add_user(session, name, display_name, invitation.role, password)
    invitation.used_at = now()
    if first:
        session.execute(delete(InvitationRow).where(InvitationRow.used_at.is_(None)))
    audit.note(session, user.name, "accepted an invitation", user.name, role=user.role)
    return user


def renew(session: Session, invitation: InvitationRow, password: str) -> UserRow:
    """Give the account of a reset its new password. Raises WeakPasswordError."""
    user = session.get_one(UserRow, invitation.user)
    user.password = hash_password(password, user.name)
    invitation.used_at = now()
    audit.note(session, user.name, "chose a new password", user.name)
    return user


def no_users(session: Session) -> bool:
    """Whether nobody can sign in yet."""
    return session.scalar(select(func.count()).select_from(UserRow)) == 0


def first_admin_link(database: Database, base_url: str) -> str | None:
    """A one-time link that makes the first administrator; None when there is an account already."""
    with database.write() as session:
        return base_url + invite(session, "admin") if no_users(session) else None
