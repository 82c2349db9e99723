"""Publishes once on a new day: when a validity begins or ends, and to learn anew what small changes had kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.publish import BROKEN, CHANGED, ZONE, Press, Published, live_row, valid_entries
from knowledge.publishing import publish_apart
from knowledge.unattended import held_back
from store.knowledge import SnapshotRow

BY = "calendar"


def renew(press: Press, at: datetime) -> Published | None:
    """Publish when the live snapshot is of an earlier day than `at` and other entries are in force, or entries changed
    since it learned.

    None when neither is so, when nothing is live, or when what is in force is held back. Raises as `publish_apart`.
    """
    today = at.astimezone(ZONE).date()
    with press.database.read() as session:
        live = live_row(session)
        if live is None:
            return None
        built_on = live.built_at.astimezone(ZONE).date()
        if built_on == today:
            return None
        entries = valid_entries(session, today)
        same = valid_entries(session, built_on) == entries
        if (same and not live.report.get(CHANGED)) or held_back(session, live, entries):
            return None
    return publish_apart(press, BY, at=at, learn=True)


def refusal(session: Session) -> SnapshotRow | None:
    """The publication of a new day that the gate refused, while nothing has gone live since; its report says why."""
    last, live = _newest(session, built_by=BY), live_row(session)
    refused = last is not None and last.state == "failed" and BROKEN in last.report
    return last if refused and last is not None and (live is None or live.number < last.number) else None


def _newest(session: Session, **like: str) -> SnapshotRow | None:
    return session.scalars(select(SnapshotRow).filter_by(**like).order_by(SnapshotRow.number.desc())).first()
