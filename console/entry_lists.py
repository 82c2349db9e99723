"""Finding entries: by meaning through the retriever, or by what the store keeps beside each revision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from knowledge.live import LiveKnowledge
from knowledge.province import ZONE
from store.base import now
from store.knowledge import EntryRow, RevisionRow

PAGE = 50
FOUND = 30
ENDING = timedelta(days=30)
AGES = {"180": (0, 180), "365": (180, 365), "old": (365, 36_500)}


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in a list: its newest revision. live: number of the published one. checked_at: of its sources."""

    id: str
    kind: str
    title: str
    confidence: str
    state: str
    author: str
    live: int | None
    at: datetime
    subject: str
    authority: str | None
    checked_at: date | None
    valid_from: date | None
    valid_until: date | None

    @property
    def age(self) -> int:
        """Days since it was last changed."""
        return (now() - self.at).days

    @property
    def starts(self) -> date | None:
        """The day in future that it is in force from."""
        return self.valid_from if self.valid_from and self.valid_from > today() else None

    @property
    def ends(self) -> date | None:
        """The day after which it is not in force, when that is soon or past."""
        return self.valid_until if self.valid_until and self.valid_until <= today() + ENDING else None


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; empty values do not narrow. q: words, searched by meaning.

    authority: a part of its name. age: of the latest check of a source: a key of `AGES`, or ``unknown``.
    validity: ``starts``, ``ends`` or ``over``.
    """

    q: str = ""
    kind: str = ""
    field: str = ""
    level: str = ""
    authority: str = ""
    confidence: str = ""
    state: str = ""
    age: str = ""
    validity: str = ""
    page: int = 1

    @property
    def as_query(self) -> dict[str, str]:
        """The values that narrow, for the address of a page."""
        names = ("q", "kind", "field", "level", "authority", "confidence", "state", "age", "validity")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def today() -> date:
    """The day in Vietnam."""
    return now().astimezone(ZONE).date()


def find(session: Session, knowledge: LiveKnowledge, wanted: Filter) -> tuple[list[Listed], bool]:
    """Entries of one page, and whether there are more; searched ones best first, others newest first."""
    query, newest = _newest()
    query = query.where(*_conditions(newest, wanted))
    if not wanted.q:
        offset = (max(wanted.page, 1) - 1) * PAGE
        rows = session.execute(
            query.order_by(newest.created_at.desc(), newest.entry_id).offset(offset).limit(PAGE + 1)
        ).all()
        return [_listed(row) for row in rows[:PAGE]], len(rows) > PAGE
    ids = [wanted.q.strip(), *_by_meaning(knowledge, wanted.q)]
    named = newest.title.contains(wanted.q.strip(), autoescape=True)
    rows = session.execute(query.where(newest.entry_id.in_(ids) | named).limit(FOUND * 3)).all()
    ranks = {id_: rank for rank, id_ in reversed(list(enumerate(ids)))}
    return sorted((_listed(row) for row in rows), key=lambda entry: ranks.get(entry.id, FOUND))[:PAGE], False


def contents(session: Session, knowledge: LiveKnowledge, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The newest content of each entry that the filter finds, by id."""
    query, newest = _newest()
    query = query.where(*_conditions(newest, wanted)).with_only_columns(newest.content).order_by(EntryRow.id)
    if wanted.q:
        query = query.where(EntryRow.id.in_([entry.id for entry in find(session, knowledge, wanted)[0]]))
    yield from session.scalars(query.execution_options(yield_per=200))


def subjects(session: Session) -> list[str]:
    """All fields of procedures and topics of FAQs."""
    return sorted(value for value in session.scalars(select(RevisionRow.subject).distinct()) if value)


def waiting(session: Session) -> list[Listed]:
    """Drafts and revisions under review, those under review first."""
    query, newest = _newest()
    query = query.where(newest.state.in_(("draft", "review"))).order_by(newest.state.desc(), newest.created_at)
    return [_listed(row) for row in session.execute(query.limit(PAGE))]


def _newest() -> tuple[Select[*tuple[Any, ...]], type[RevisionRow]]:
    revision, later = aliased(RevisionRow), aliased(RevisionRow)
    last = select(func.max(later.number)).where(later.entry_id == EntryRow.id).correlate(EntryRow).scalar_subquery()
    query = select(
        EntryRow.id, EntryRow.kind, revision.title, revision.confidence, revision.state, revision.author,
        EntryRow.live, revision.created_at, revision.subject, revision.authority, revision.checked_at,
        revision.valid_from, revision.valid_until,
    ).join(revision, (revision.entry_id == EntryRow.id) & (revision.number == last))  # fmt: skip
    return query, revision


def _conditions(newest: type[RevisionRow], wanted: Filter) -> list[ColumnElement[bool]]:
    values: Mapping[Any, str] = {
        EntryRow.kind: wanted.kind,
        newest.subject: wanted.field,
        newest.level: wanted.level,
        newest.confidence: wanted.confidence,
        newest.state: wanted.state,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in values.items() if value]
    if wanted.authority:
        found.append(newest.authority.contains(wanted.authority.strip(), autoescape=True))
    if wanted.age:
        found.append(_of_age(newest, wanted.age))
    if wanted.validity:
        found.append(_valid(newest, wanted.validity))
    return found


def _of_age(newest: type[RevisionRow], age: str) -> ColumnElement[bool]:
    least, most = AGES.get(age, (0, 0))
    between = newest.checked_at.between(today() - timedelta(days=most), today() - timedelta(days=least))
    return between if most else newest.checked_at.is_(None)


def _valid(newest: type[RevisionRow], validity: str) -> ColumnElement[bool]:
    day = today()
    ends = newest.valid_until.between(day, day + ENDING)
    return {"starts": newest.valid_from > day, "ends": ends}.get(validity, newest.valid_until < day)


def _by_meaning(knowledge: LiveKnowledge, words: str) -> list[str]:
    try:
        return [candidate.entry for candidate in knowledge.search(words, FOUND).candidates]
    except LookupError:
        return []


def _listed(row: Row[Any]) -> Listed:
    values: tuple[Any, ...] = tuple(row)
    return Listed(*values)
