"""The record of what staff did and looked at. It names conversations and entries, and holds no personal value."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.base import now
from store.staff import AuditRow

SAME_LOOK = timedelta(minutes=10)


def note(session: Session, user: str, action: str, target: str | None = None, **details: Any) -> None:
    """Record that `user` did `action` to `target`."""
    session.add(AuditRow(user=user, action=action, target=target, details=details))


def looked(session: Session, user: str, action: str, target: str) -> bool:
    """Whether this look was recorded within the last minutes, so that reloading a page does not fill the record."""
    query = select(AuditRow.id).where(
        AuditRow.user == user, AuditRow.action == action, AuditRow.target == target, AuditRow.at > now() - SAME_LOOK
    )
    return session.scalars(query.limit(1)).first() is not None
