"""What the inbox of unanswered questions shows: groups with their wordings, most people first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from console.wording import shown
from store.knowledge import EntryRow, RevisionRow
from store.unanswered import LostQuestionRow, UnansweredGroupRow

PAGE = 20
WORDINGS = 12


@dataclass(frozen=True, slots=True)
class Begun:
    """The entry that somebody has begun to write or change for a group, and where its newest revision stands."""

    id: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A group. texts: its wordings, the newest first. reasons: how often each reason. channels may repeat a person."""

    id: int
    people: int
    texts: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]
    suggestions: tuple[tuple[str, str], ...]
    begun: Begun | None
    answered_by: str | None
    returned: int
    last_at: datetime
    closed_at: datetime | None


def groups(session: Session, state: str, page: int = 1) -> tuple[list[Listed], bool]:
    """The groups of one page, and whether there are more: open ones by people lost, closed ones the newest first."""
    row = UnansweredGroupRow
    order = (row.people.desc(), row.last_at.desc()) if state == "open" else (row.closed_at.desc(), row.id.desc())
    query = select(row).where(row.state == state, exists().where(LostQuestionRow.group_id == row.id)).order_by(*order)
    rows = list(session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)))
    return [one(session, group) for group in rows[:PAGE]], len(rows) > PAGE


def one(session: Session, group: UnansweredGroupRow) -> Listed:
    """A group with what its questions say."""
    query = select(LostQuestionRow).where(LostQuestionRow.group_id == group.id).order_by(LostQuestionRow.at.desc())
    asked = list(session.scalars(query.limit(200)))
    texts = dict.fromkeys(shown(question.text) for question in asked)
    reasons = Counter(question.reason for question in asked).most_common()
    suggested = tuple((str(id_), str(title)) for id_, title in group.suggestions)
    return Listed(
        group.id, group.people, tuple(texts)[:WORDINGS], tuple(reasons), suggested, _begun(session, group.draft),
        group.answered_by, group.returned, group.last_at, group.closed_at,
    )  # fmt: skip


def _begun(session: Session, entry_id: str | None) -> Begun | None:
    query = select(RevisionRow).filter_by(entry_id=entry_id).order_by(RevisionRow.number.desc()).limit(1)
    newest = session.scalars(query).first() if entry_id and session.get(EntryRow, entry_id) else None
    return Begun(newest.entry_id, str(newest.content["title"]), newest.state) if newest else None
