"""Which questions citizens went away with: refused, asked back about in vain, judged wrong, or taken to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from store.base import now
from store.conversations import TurnRow
from store.tickets import RatingRow
from store.unanswered import LostQuestionRow

WITHIN = timedelta(days=30)
LOOK_BACK = timedelta(days=3)
IN_VAIN_AFTER = timedelta(minutes=10)
MOST = 200
Replies = Select[str, str, str, str | None, str | None, datetime]
HELPED = ("answered", "clarification", "unanswered")


@dataclass(frozen=True, slots=True)
class Lost:
    """A question, masked. reply: id of the turn that did not help. entry: the one that answered in vain."""

    reply: str
    conversation: str
    text: str
    reason: str
    entry: str | None
    at: datetime


def fresh(session: Session) -> list[Lost]:
    """Questions lost in the last weeks that are in no group yet, the oldest first, at most `MOST`.

    After the first time only the last days are looked through: a judgement comes soon after its answer.
    """
    newest = session.scalar(select(func.max(LostQuestionRow.at)))
    since = max(now() - WITHIN, newest - LOOK_BACK) if newest else now() - WITHIN
    sorts = (_handed_over(session, since), _not_helped(session, since), _judged_wrong(session, since))
    found = {lost.reply: lost for sort in sorts for lost in sort}
    return sorted(found.values(), key=lambda lost: lost.at)[:MOST]


def _not_helped(session: Session, since: datetime) -> Iterator[Lost]:
    """Refused, or asked back about and never answered afterwards."""
    query, said = _replies()
    later = aliased(TurnRow)
    answered = exists().where(
        later.conversation_id == said.conversation_id, later.seq > said.seq, later.status == "answered"
    )
    in_vain = and_(said.status == "clarification", said.at < now() - IN_VAIN_AFTER, ~answered)
    query = query.where(said.at > since, or_(said.status == "unanswered", in_vain))
    for id_, conversation, text, status, _, at in session.execute(query.limit(MOST)):
        yield Lost(id_, conversation, text, str(status), None, at)


def _judged_wrong(session: Session, since: datetime) -> Iterator[Lost]:
    query, said = _replies()
    query = query.join(RatingRow, RatingRow.turn_id == said.id).where(
        RatingRow.helpful.is_(False), RatingRow.at > since
    )
    for id_, conversation, text, _, entry, at in session.execute(query.limit(MOST)):
        yield Lost(id_, conversation, text, "wrong", entry, at)


def _handed_over(session: Session, since: datetime) -> Iterator[Lost]:
    """The question before the citizen asked for a person, when the assistant tried to help with it."""
    called, between = aliased(TurnRow), aliased(TurnRow)
    last = select(func.max(between.seq)).where(
        between.conversation_id == called.conversation_id,
        between.seq < called.seq,
        between.status.in_((*HELPED, "handed_over")),
    )
    query, tried = _replies()
    is_last = tried.seq == last.correlate(called).scalar_subquery()
    query = query.join(called, (called.conversation_id == tried.conversation_id) & is_last)
    query = query.where(called.status == "handed_over", called.at > since, tried.status.in_(HELPED))
    for id_, conversation, text, status, entry, at in session.execute(query.limit(MOST)):
        yield Lost(id_, conversation, text, "handed_over", entry if status == "answered" else None, at)


def _replies() -> tuple[Replies, type[TurnRow]]:
    """Replies that are in no group yet, each with the question it replied to; and the table of replies."""
    asked, said = aliased(TurnRow), aliased(TurnRow)
    query = (
        select(said.id, said.conversation_id, asked.text, said.status, said.entry_id, said.at)
        .join(asked, asked.id == said.reply_to)
        .where(~exists().where(LostQuestionRow.reply == said.id))
        .order_by(said.at)
    )
    return query, said
