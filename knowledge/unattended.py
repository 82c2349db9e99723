"""Publishing without anybody asking for it: at a start and on a new day.

What a person rolled back, or what the gate refused, is not published again by itself: it waits until somebody publishes
on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import shared
from knowledge.building import Progress
from knowledge.entry import Faq, Procedure
from knowledge.publish import HELD, REFUSED, ZONE, Press, Published, comparable, here, live_row, publish, valid_entries
from knowledge.snapshot import content_hash, entries_hash, load_entries
from store.base import now
from store.knowledge import SnapshotRow


def held_back(session: Session, live: SnapshotRow, entries: Sequence[Procedure | Faq]) -> bool:
    """Whether `entries`, which are in force, may not replace the live snapshot by themselves.

    So when it was rolled back to, when it repeats what was rolled back to, and when the gate refused them after it.
    """
    later = select(SnapshotRow).where(SnapshotRow.number > live.number, SnapshotRow.state.in_(("ready", "failed")))
    refused = entries_hash(entries)
    return HELD in live.report or any(
        row.state == "ready" or row.report.get(REFUSED) == refused for row in session.scalars(later)
    )


def up_to_date(press: Press) -> Published | None:
    """The live snapshot when it is here and holds what is in force today, or when that is held back and it can be used.

    None when one must be published.
    """
    with press.database.read() as session:
        live = live_row(session)
        if live is None or not here(press, live.number):
            return None
        entries = valid_entries(session, now().astimezone(ZONE).date())
        held = live.content_hash != content_hash(entries, press.cache.encoder)
        if held and not (held_back(session, live, entries) and comparable(press, live.number)):
            return None
    shared.offer(press.database, live.number, press.folder / str(live.number))
    return Published(live.number, live.entries, built=False, held=held)


def publish_if_needed(
    press: Press,
    by: str,
    *,
    gate: bool = True,
    learn: bool = False,
    progress: Progress = lambda step: None,
) -> Published:
    """The live snapshot when it is `up_to_date`, otherwise a new one; arguments and errors as `publish`.

    When what is in force is held back and the live snapshot is of another program, its own entries are built anew.
    """
    return up_to_date(press) or publish(
        press, by, gate=gate, learn=learn, instead=_kept_entries(press), progress=progress
    )


def _kept_entries(press: Press) -> list[Procedure | Faq] | None:
    """The entries of a live snapshot that what is in force may not replace; None when there is none to be read."""
    with press.database.read() as session:
        live = live_row(session)
        entries = valid_entries(session, now().astimezone(ZONE).date())
        if live is None or not held_back(session, live, entries) or not here(press, live.number):
            return None
    try:
        return load_entries(press.folder / str(live.number))
    except ValueError:
        return None
