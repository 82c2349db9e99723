"""Named queries on what is stuck: accepted messages that could not be answered, replies that could not be sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.base import now
from store.conversations import InboxRow, TurnRow
from store.outbox import OutboxRow

Way = Literal["in", "out"]
Row = InboxRow | OutboxRow


def every(session: Session, limit: int) -> tuple[Sequence[InboxRow], Sequence[OutboxRow]]:
    """What is parked, the newest first: at most `limit` of each way."""
    accepted = select(InboxRow).filter_by(state="parked").order_by(InboxRow.id.desc()).limit(limit)
    unsent = select(OutboxRow).filter_by(state="parked").order_by(OutboxRow.id.desc()).limit(limit)
    return session.scalars(accepted).all(), session.scalars(unsent).all()


def count(session: Session) -> int:
    """How many messages and replies are parked."""
    numbers = (
        session.scalar(select(func.count()).select_from(table).where(table.state == "parked"))
        for table in (InboxRow, OutboxRow)
    )
    return sum(number or 0 for number in numbers)


def get(session: Session, way: Way, id_: int) -> Row | None:
    """One parked row, locked to be changed; None when it is not parked any more."""
    row: Row | None = (
        session.get(InboxRow, id_, with_for_update=True)
        if way == "in"
        else session.get(OutboxRow, id_, with_for_update=True)
    )
    return row if row is not None and row.state == "parked" else None


def retry(row: Row) -> bool:
    """Let it be tried as often as a new one; False when its content is gone."""
    if row.sealed is None:
        return False
    row.state, row.attempts, row.error = "waiting", 0, None
    if isinstance(row, InboxRow):
        row.lease_owner, row.lease_until = None, now()
    else:
        row.due_at = now()
    return True


def discard(row: Row) -> None:
    """Try it no more, and forget its content."""
    row.state, row.sealed = "discarded", None


def said(session: Session, rows: Sequence[OutboxRow]) -> dict[str, str]:
    """The masked text of the turns that were to be sent, by id."""
    query = select(TurnRow.id, TurnRow.text).where(TurnRow.id.in_({row.turn_id for row in rows}))
    return {row.id: row.text for row in session.execute(query)}
