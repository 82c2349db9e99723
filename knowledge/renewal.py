"""Publishes again on the day a validity begins or ends."""

from __future__ import annotations

from datetime import datetime

from knowledge.publish import ZONE, Press, Published, live_row, valid_entries
from knowledge.publishing import publish_apart


def renew(press: Press, at: datetime) -> Published | None:
    """Publish when other entries are in force on the day of `at` than on the day the live snapshot was built.

    None when nothing has changed or nothing is live. Raises as `publish_apart`.
    """
    with press.database.read() as session:
        live = live_row(session)
        if live is None:
            return None
        built_on, today = live.built_at.astimezone(ZONE).date(), at.astimezone(ZONE).date()
        if built_on == today or valid_entries(session, built_on) == valid_entries(session, today):
            return None
    return publish_apart(press, "calendar", at=at)
