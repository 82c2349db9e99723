"""Counts a day: what was asked, how it ended, who came back, who waited, where callers left."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store import contacts, figures
from store.calls import CallRow, CallTurnRow
from store.contacts import PAUSE, Beginning, Contact
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.figures import Key
from store.tickets import RatingRow, TicketRow

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST = timedelta(hours=12)
SETTLED = timedelta(days=8)
AGAIN = timedelta(hours=1)
MOST_MINUTES = 24 * 60
_CALL_ENDS = {
    "answered": "answered", "dossier": "answered", "complaint": "answered", "person": "handed_over",
    "callback": "handed_over", "voicemail": "handed_over", "no_input": "abandoned", "none": "abandoned",
}  # fmt: skip


def recount(database: Database, at: datetime, communes: Collection[str]) -> int:
    """Count the days that are due: today, those that may still change, and those never counted. How many there were.

    communes: names to look for in what citizens write.
    """
    with database.read() as session:
        due = _due(session, at)
    for day in due:
        with database.read() as session:
            counted = day_figures(session, day, communes)
        try:
            with database.write() as session:
                figures.keep(session, day, counted, at)
        except IntegrityError:
            continue  # another replica counted it at the same moment
    return len(due)


def day_figures(session: Session, day: date, communes: Collection[str]) -> Counter[Key]:
    """The figures of one day in Vietnam, by name, channel and part; docs/figures.md says what each is."""
    start, end = bounds(day)
    turns = contacts.read_turns(session, start - PAUSE, end + LONGEST)
    begun = [contact for contact in contacts.split(turns) if start <= contact.began < end]
    known = contacts.returns(contacts.beginnings(session, start, end + contacts.BACK_WITHIN), start, end)
    back = {beginning for beginning, again in known.items() if again}
    counted: Counter[Key] = Counter()
    counted.update(_of_turns(turns, start, end))
    counted.update(_of_contacts(session, begun, back, start, end))
    counted.update(_of_communes(begun, communes))
    counted.update(_of_calls(session, back, start, end))
    counted.update(_of_returns(known))
    counted.update(_of_tickets(session, start, end))
    counted.update(_of_ratings(session, start, end))
    return counted


def bounds(day: date) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends in Vietnam."""
    return datetime.combine(day, time(), ZONE), datetime.combine(day + timedelta(days=1), time(), ZONE)


def _due(session: Session, at: datetime) -> list[date]:
    first = session.scalar(select(func.min(ConversationRow.created_at)))
    counted = figures.counted(session)
    today = at.astimezone(ZONE).date()
    if first is None:
        return [today] if counted else []
    days = [today - timedelta(days=ago) for ago in range((today - first.astimezone(ZONE).date()).days + 1)]
    return [day for day in days if day == today or _may_change(day, counted.get(day), at)]


def _may_change(day: date, counted_at: datetime | None, at: datetime) -> bool:
    return counted_at is None or counted_at < min(bounds(day)[1] + SETTLED, at - AGAIN)


def _of_turns(turns: Sequence[Any], start: datetime, end: datetime) -> Iterator[Key]:
    for turn in turns:
        if not start <= turn.at < end:
            continue
        if turn.author == "citizen":
            yield "hour", turn.channel, f"{turn.at.astimezone(ZONE).hour:02}"
        elif turn.author == "assistant":
            yield "status", turn.channel, turn.status or "unavailable"
            if turn.entry_id and turn.status == "answered":
                yield "entry", turn.channel, turn.entry_id


def _of_contacts(
    session: Session, begun: Sequence[Contact], back: Collection[Beginning], start: datetime, end: datetime
) -> Iterator[Key]:
    asked, wrong = _asked(session, start, end + LONGEST), _judged_wrong(session, start)
    for contact in begun:
        tickets = [at for at in asked.get(contact.conversation, ()) if contact.began <= at <= contact.over]
        yield "contact", contact.channel, ""
        yield from _ended(contact.beginning, contacts.outcome(contact, person=bool(tickets), wrong=wrong), back)
        if not tickets:
            yield "contained", contact.channel, ""
            continue
        told = [turn.entry_id for turn in contact.turns if turn.entry_id and turn.at <= min(tickets)]
        if told:
            yield "entry_person", contact.channel, told[-1]


def _asked(session: Session, start: datetime, end: datetime) -> Mapping[str | None, list[datetime]]:
    """When a person was asked for, by conversation."""
    asked: dict[str | None, list[datetime]] = defaultdict(list)
    query = select(TicketRow.conversation_id, TicketRow.created_at)
    for conversation, at in session.execute(query.where(TicketRow.created_at >= start, TicketRow.created_at < end)):
        asked[conversation].append(at)
    return asked


def _judged_wrong(session: Session, start: datetime) -> set[str]:
    query = select(RatingRow.turn_id).where(RatingRow.helpful.is_(False), RatingRow.at >= start)
    return {turn for turn in session.scalars(query) if turn}


def _of_communes(begun: Sequence[Contact], communes: Collection[str]) -> Iterator[Key]:
    """Contacts in which the citizen names a commune."""
    names = {name.casefold(): name for name in communes}
    if not names:
        return
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names, key=len, reverse=True)))
    for contact in begun:
        text = "\n".join(turn.text for turn in contact.turns if turn.author == "citizen").casefold()
        yield from (("commune", contact.channel, names[found]) for found in sorted(set(named.findall(text))))


def _ended(beginning: Beginning, outcome: str, back: Collection[Beginning]) -> Iterator[Key]:
    """How a contact ended, and that it failed after all when the same citizen was back within 72 hours."""
    channel, *_ = beginning
    yield "outcome", channel, outcome
    if outcome not in contacts.FAILED and beginning in back:
        yield "returned", channel, outcome


def _of_calls(session: Session, back: Collection[Beginning], start: datetime, end: datetime) -> Iterator[Key]:
    within = (CallRow.started_at >= start, CallRow.started_at < end)
    columns = (CallRow.outcome, CallRow.left_at, CallRow.caller, CallRow.started_at)
    for outcome, left_at, caller, began in session.execute(select(*columns).where(*within)):
        ended = _CALL_ENDS.get(outcome, "other")
        yield "contact", "phone", ""
        yield from _ended(("phone", caller or "", began), ended, back)
        yield "call_outcome", "phone", outcome
        if ended == "abandoned":
            yield "call_left", "phone", left_at
        if ended != "handed_over":
            yield "contained", "phone", ""
    reached = select(CallTurnRow.call_id, CallTurnRow.then).join(CallRow, CallRow.id == CallTurnRow.call_id)
    for _, state in session.execute(reached.where(*within).distinct()):
        yield "call_reached", "phone", state


def _of_returns(known: Mapping[Beginning, bool]) -> Iterator[Key]:
    for (channel, *_), back in known.items():
        yield "known", channel, ""
        if back:
            yield "back", channel, ""


def _of_tickets(session: Session, start: datetime, end: datetime) -> Iterator[Key]:
    query = select(TicketRow).where(TicketRow.created_at >= start, TicketRow.created_at < end)
    for ticket in session.scalars(query):
        yield "ticket", ticket.channel, ticket.kind
        if ticket.kind == "hand_over" and ticket.taken_at is None:
            yield "untaken", ticket.channel, ""
        elif ticket.kind == "hand_over" and ticket.taken_at is not None:
            minutes = int((ticket.taken_at - ticket.created_at).total_seconds() // 60)
            yield "wait", ticket.channel, str(min(minutes, MOST_MINUTES))
        if ticket.promised_until is not None and (ticket.taken_at or ticket.promised_until < end):
            kept = ticket.taken_at is not None and ticket.taken_at <= ticket.promised_until
            yield "promise", ticket.channel, "kept" if kept else "broken"


def _of_ratings(session: Session, start: datetime, end: datetime) -> Iterator[Key]:
    query = (
        select(RatingRow.helpful, RatingRow.score, RatingRow.by, ConversationRow.channel, TurnRow.entry_id)
        .join(ConversationRow, ConversationRow.id == RatingRow.conversation_id)
        .outerjoin(TurnRow, TurnRow.id == RatingRow.turn_id)
        .where(RatingRow.at >= start, RatingRow.at < end)
    )
    for helpful, score, by, channel, entry in session.execute(query):
        if score is not None:
            yield "score", channel, str(score)
        if helpful is False:
            yield "corrected" if by else "disliked", channel, entry or ""
        elif helpful:
            yield "liked", channel, entry or ""
