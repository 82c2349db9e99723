"""Who of the staff is at the desk, and who may act on whose ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console import audit
from console.accounts import Staff
from console.roles import PERMISSIONS
from store.base import now
from store.staff import UserRow
from store.tickets import TicketRow

HERE_WITHIN = timedelta(minutes=2)
LOST_AFTER = timedelta(minutes=5)
SENIOR = frozenset(("supervisor", "admin"))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may help people. state: `here`, `busy` (does not take people now) or `gone`. tickets: in hand."""

    name: str
    display_name: str
    state: Literal["here", "busy", "gone"]
    tickets: int


def at_the_desk(session: Session) -> list[Colleague]:
    """All who may help people, those who are here first."""
    in_hand = select(TicketRow.agent, func.count()).where(TicketRow.state == "taken").group_by(TicketRow.agent)
    counts = {row[0]: row[1] for row in session.execute(in_hand)}
    query = select(UserRow).where(UserRow.active, UserRow.role.in_(PERMISSIONS["desk"]))
    made = [Colleague(u.name, u.display_name, _state(u), counts.get(u.name, 0)) for u in session.scalars(query)]
    return sorted(made, key=lambda one: (("here", "busy", "gone").index(one.state), one.display_name))


def announce(session: Session, staff: Staff, *, available: bool) -> None:
    """Say whether one takes people now."""
    user = session.get_one(UserRow, staff.name)
    if user.available != available:
        user.available = available
        audit.note(session, staff.name, "is available" if available else "is away")


def may_act(session: Session, staff: Staff, ticket: TicketRow) -> bool:
    """Whether a ticket may be worked on: nobody's, one's own, a colleague's who is gone; by supervisors always."""
    if ticket.state == "closed":
        return False
    if ticket.agent in (None, staff.name) or staff.role in SENIOR:
        return True
    holder = session.get(UserRow, ticket.agent)
    return holder is None or not holder.active or holder.last_seen is None or holder.last_seen < now() - LOST_AFTER


def names(colleagues: Sequence[Colleague]) -> dict[str, str]:
    """What to call colleagues, by account."""
    return {one.name: one.display_name for one in colleagues}


def _state(user: UserRow) -> Literal["here", "busy", "gone"]:
    if user.last_seen is None or user.last_seen < now() - HERE_WITHIN:
        return "gone"
    return "here" if user.available else "busy"
