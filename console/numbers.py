"""Figures about the service over a period, the bad ones beside the good ones.

Containment, the share of conversations that no person was asked for, is shown only beside the share of citizens who
were back within 72 hours, which counts as a failure. Who is back is known where a channel knows people (Zalo, phone).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.conversations import ConversationRow, TurnRow
from store.tickets import RatingRow, TicketRow

BACK_WITHIN = timedelta(hours=72)
TOP = 20


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was counted. Shares are between 0 and 1, None when there was nothing to count.

    statuses: answers by status. channels: conversations by channel. hours: citizens' messages by hour of the day in
    Vietnam. entries: the most answered, with how often, and how often they were judged wrong. waited: median minutes
    until a ticket was taken. kept: share of promises kept.
    """

    conversations: int
    messages: int
    statuses: dict[str, int]
    channels: dict[str, int]
    hours: dict[int, int]
    entries: list[tuple[str, int, int]]
    contained: float | None
    back: float | None
    wrong: int
    satisfaction: float | None
    tickets: dict[str, int]
    waited: float | None
    kept: float | None


def count(session: Session, start: datetime, end: datetime) -> Numbers:
    """The figures of [start, end)."""
    conversations = _conversations(session, start, end)
    tickets = list(session.scalars(select(TicketRow).where(TicketRow.created_at >= start, TicketRow.created_at < end)))
    asked = {ticket.conversation_id for ticket in tickets}
    wrong = _wrong(session, start, end)
    return Numbers(
        conversations=len(conversations),
        messages=_grouped(session, TurnRow.author, start, end).get("citizen", 0),
        statuses=_grouped(session, TurnRow.status, start, end, TurnRow.author == "assistant"),
        channels=dict(Counter(channel for _, channel, _, _ in conversations)),
        hours=_hours(session, start, end),
        entries=_entries(session, start, end, wrong),
        contained=_share(id_ not in asked for id_, *_ in conversations),
        back=_back(conversations),
        wrong=sum(wrong.values()),
        satisfaction=_satisfaction(session, start, end),
        tickets=dict(Counter(ticket.kind for ticket in tickets)),
        waited=_median((t.taken_at - t.created_at).total_seconds() / 60 for t in tickets if t.taken_at),
        kept=_share(_in_time(t, end) for t in tickets if t.promised_until and (t.taken_at or t.promised_until < end)),
    )


def _conversations(session: Session, start: datetime, end: datetime) -> Sequence[Any]:
    row = ConversationRow
    query = select(row.id, row.channel, row.external, row.created_at)
    return session.execute(query.where(row.created_at >= start, row.created_at < end)).all()


def _grouped(session: Session, column: Any, start: datetime, end: datetime, *conditions: Any) -> dict[str, int]:
    query = select(column, func.count()).where(TurnRow.at >= start, TurnRow.at < end, column.is_not(None), *conditions)
    return {row[0]: row[1] for row in session.execute(query.group_by(column))}


def _hours(session: Session, start: datetime, end: datetime) -> dict[int, int]:
    hour = func.extract("hour", TurnRow.at)
    counted = _grouped(session, hour, start, end, TurnRow.author == "citizen")
    local = {(int(utc) + 7) % 24: number for utc, number in counted.items()}
    return {hour_: local.get(hour_, 0) for hour_ in range(24)}


def _wrong(session: Session, start: datetime, end: datetime) -> Counter[str]:
    """How many answers were judged wrong, by entry; the empty id for answers of no entry."""
    query = (
        select(TurnRow.entry_id)
        .join(RatingRow, RatingRow.turn_id == TurnRow.id)
        .where(RatingRow.helpful.is_(False), TurnRow.at >= start, TurnRow.at < end)
    )
    return Counter(entry or "" for entry in session.scalars(query))


def _entries(session: Session, start: datetime, end: datetime, wrong: Counter[str]) -> list[tuple[str, int, int]]:
    answered = Counter(_grouped(session, TurnRow.entry_id, start, end))
    return [(entry, number, wrong[entry]) for entry, number in answered.most_common(TOP)]


def _satisfaction(session: Session, start: datetime, end: datetime) -> float | None:
    value = session.scalar(
        select(func.avg(RatingRow.score)).where(RatingRow.at >= start, RatingRow.at < end, RatingRow.score.is_not(None))
    )
    return float(value) if value is not None else None


def _back(conversations: Sequence[Any]) -> float | None:
    """The share of conversations after which the same citizen was back within 72 hours."""
    known = sorted((external, at) for _, _, external, at in conversations if external)
    returned = sum(
        one == other and later - earlier <= BACK_WITHIN for (one, earlier), (other, later) in pairwise(known)
    )
    return returned / len(known) if known else None


def _in_time(ticket: TicketRow, end: datetime) -> bool:
    return ticket.promised_until is not None and (ticket.taken_at or end) <= ticket.promised_until


def _share(values: Iterable[bool]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None


def _median(values: Iterable[float]) -> float | None:
    listed = list(values)
    return median(listed) if listed else None
