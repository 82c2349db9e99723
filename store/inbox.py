"""Named queries on the inbox: accept once, work once, park what cannot be answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from store.base import now
from store.conversations import InboxRow

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 5
_OPEN = ("waiting", "working")


def find(session: Session, conversation_id: str, message_id: str) -> InboxRow | None:
    """The row of a message that was accepted before, if any."""
    query = select(InboxRow).filter_by(conversation_id=conversation_id, message_id=message_id)
    return session.scalars(query).one_or_none()


def accept(session: Session, row: InboxRow, owner: str) -> InboxRow:
    """Put a new message in the inbox, already leased to `owner`, who is about to answer it."""
    row.state, row.lease_owner, row.lease_until, row.attempts = "working", owner, now() + LEASE, 1
    session.add(row)
    session.flush()
    return row


def earlier_open(session: Session, row_id: int, conversation_id: str) -> bool:
    """Whether an older message of the same conversation still waits for its answer."""
    query = select(InboxRow.id).where(
        InboxRow.conversation_id == conversation_id,
        InboxRow.id < row_id,
        InboxRow.state.in_(_OPEN),
    )
    return session.scalars(query.limit(1)).first() is not None


def release(session: Session, owner: str, at: datetime) -> None:
    """End the leases that `owner` held before it was restarted, so that nobody waits for them."""
    held = InboxRow.state.in_(_OPEN) & (InboxRow.lease_owner == owner)
    session.execute(update(InboxRow).where(held).values(lease_until=at))


def claim_abandoned(session: Session, owner: str, at: datetime) -> InboxRow | None:
    """Lease to `owner` the oldest message whose worker is gone, or park it when it was tried too often.

    One at a time: a message that ends the process which answers it uses up no other's attempts.
    """
    query = (
        select(InboxRow)
        .where(InboxRow.state.in_(_OPEN), InboxRow.lease_until <= at)
        .order_by(InboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalars(query).first()
    if row is not None:
        row.attempts += 1
        row.state = "parked" if row.attempts > MAX_ATTEMPTS else "working"
        row.lease_owner, row.lease_until = owner, at + LEASE
    return row


def finish(session: Session, row_id: int, turn_id: str) -> bool:
    """Mark a message answered by `turn_id` and forget its raw text; False when somebody else has answered it."""
    done = (
        update(InboxRow)
        .where(InboxRow.id == row_id, InboxRow.state != "done")
        .values(state="done", turn_id=turn_id, sealed=None, lease_until=None, error=None)
    )
    result = cast(CursorResult[Any], session.execute(done))
    return result.rowcount == 1
