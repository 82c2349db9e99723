"""The lists of the desk: who waits, what is mine, what colleagues have, what was closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from console.accounts import Staff
from store.tickets import TicketRow

PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. state: `waiting` or `closed`. kind: of ticket, empty for all. number: of one ticket."""

    state: str = "waiting"
    kind: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The tickets of a page. people: in the queue for a person. since: when the first of them asked."""

    mine: list[TicketRow]
    waiting: list[TicketRow]
    others: list[TicketRow]
    closed: list[TicketRow]
    people: int
    since: datetime | None


def read(session: Session, staff: Staff, wanted: Wanted) -> Desk:
    """The lists as they stand: people in the queue first, then whoever has waited longest."""
    closed = wanted.state == "closed"
    conditions = [TicketRow.state == "closed" if closed else TicketRow.state.in_(("open", "taken"))]
    if wanted.number:
        conditions = [TicketRow.number == wanted.number.strip().upper()]
    if wanted.kind:
        conditions.append(TicketRow.kind == wanted.kind)
    rows = _rows(session, conditions, newest_first=closed)
    people, since = session.execute(
        select(func.count(), func.min(TicketRow.created_at)).where(
            TicketRow.kind == "hand_over", TicketRow.state == "open"
        )
    ).one()
    return Desk(
        mine=[row for row in rows if row.state == "taken" and row.agent == staff.name],
        waiting=[row for row in rows if row.state == "open"],
        others=[row for row in rows if row.state == "taken" and row.agent != staff.name],
        closed=[row for row in rows if row.state == "closed"],
        people=people,
        since=since,
    )


def _rows(session: Session, conditions: list[ColumnElement[bool]], *, newest_first: bool) -> list[TicketRow]:
    query = select(TicketRow).where(*conditions).limit(PAGE)
    if newest_first:
        return list(session.scalars(query.order_by(TicketRow.closed_at.desc())))
    live = case((TicketRow.kind == "hand_over", 0), else_=1)
    return list(session.scalars(query.order_by(live, TicketRow.created_at)))
