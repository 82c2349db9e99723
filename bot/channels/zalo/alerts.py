"""Tells operators what only a person can mend: a line in the audit log of the console and in the log of the process."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from store.engine import Database
from store.locks import hold
from store.staff import AuditRow

log = structlog.get_logger()
SYSTEM = "zalo"
AGAIN = timedelta(hours=1)


def alert(database: Database, code: int, meaning: str, at: datetime) -> bool:
    """Tell of an error code, at most once an hour; whether it was told now."""
    with database.write() as session:
        hold(session, f"alert:{code}")
        known = select(AuditRow.id).where(
            AuditRow.user == SYSTEM, AuditRow.action == "alert", AuditRow.target == str(code), AuditRow.at > at - AGAIN
        )
        if session.scalars(known.limit(1)).first() is not None:
            return False
        details = {"meaning": meaning}
        session.add(AuditRow(user=SYSTEM, action="alert", target=str(code), details=details, at=at))
    log.error("zalo needs a person", code=code, meaning=meaning)
    return True
