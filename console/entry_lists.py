"""Finding entries: by meaning through the retriever, or by what the store keeps beside each revision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
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
        page = query.order_by(newest.created_at.desc(), newest.entry_id).offset((max(wanted.page, 1) - 1) * PAGE)
        ids = session.scalars(page.limit(PAGE + 1)).all()
        return _listed(session, ids[:PAGE]), len(ids) > PAGE
    codes = [wanted.q.strip(), *_by_meaning(knowledge, wanted.q)]
    named = newest.title.contains(wanted.q.strip(), autoescape=True)
    ids = session.scalars(query.where(newest.entry_id.in_(codes) | named).limit(FOUND * 3)).all()
    ranks = {code: rank for rank, code in reversed(list(enumerate(codes)))}
    return sorted(_listed(session, ids), key=lambda entry: ranks.get(entry.id, FOUND))[:PAGE], False


def contents(session: Session, knowledge: LiveKnowledge, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The newest content of each entry that the filter finds, by id."""
    ids, newest = _newest()
    ids = ids.where(*_conditions(newest, wanted))
    if wanted.q:
        ids = ids.where(newest.entry_id.in_([entry.id for entry in find(session, knowledge, wanted)[0]]))
    query = select(RevisionRow.content).where(RevisionRow.id.in_(ids)).order_by(RevisionRow.entry_id)
    yield from session.scalars(query.execution_options(yield_per=200))


def subjects(session: Session) -> list[str]:
    """All fields of procedures and topics of FAQs."""
    return sorted(value for value in session.scalars(select(RevisionRow.subject).distinct()) if value)


def waiting(session: Session) -> list[Listed]:
    """Drafts and revisions under review, those under review first."""
    query, newest = _newest()
    query = query.where(newest.state.in_(("draft", "review"))).order_by(newest.state.desc(), newest.created_at)
    return _listed(session, session.scalars(query.limit(PAGE)).all())


def under_review(session: Session, page: int = 1) -> tuple[list[Listed], int]:
    """One page of what is under review, the longest waiting first, and how much is on all pages."""
    query, newest = _newest()
    query = query.where(newest.state == "review")
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(newest.created_at, newest.entry_id).offset((max(page, 1) - 1) * PAGE)
    return _listed(session, session.scalars(ordered.limit(PAGE)).all()), count


def _newest() -> tuple[Select[int], type[RevisionRow]]:
    """Ids of the newest revision of each entry: a query that reads no content."""
    revision, later = aliased(RevisionRow), aliased(RevisionRow)
    last = select(func.max(later.number)).where(later.entry_id == revision.entry_id).correlate(revision)
    return select(revision.id).where(revision.number == last.scalar_subquery()), revision


def _listed(session: Session, ids: Sequence[int]) -> list[Listed]:
    """Revisions as lists show them, in the order of `ids`."""
    query = select(
        RevisionRow.id, EntryRow.id, EntryRow.kind, RevisionRow.title, RevisionRow.confidence, RevisionRow.state,
        RevisionRow.author, EntryRow.live, RevisionRow.created_at, RevisionRow.subject, RevisionRow.authority,
        RevisionRow.checked_at, RevisionRow.valid_from, RevisionRow.valid_until,
    ).join(EntryRow, RevisionRow.entry_id == EntryRow.id)  # fmt: skip
    rows: dict[int, tuple[Any, ...]] = {
        row[0]: tuple(row)[1:] for row in session.execute(query.where(RevisionRow.id.in_(ids)))
    }
    return [Listed(*rows[id_]) for id_ in ids]


def _conditions(newest: type[RevisionRow], wanted: Filter) -> list[ColumnElement[bool]]:
    values: Mapping[Any, str] = {
        newest.subject: wanted.field,
        newest.level: wanted.level,
        newest.confidence: wanted.confidence,
        newest.state: wanted.state,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in values.items() if value]
    if wanted.kind:
        found.append(newest.entry_id.in_(select(EntryRow.id).filter_by(kind=wanted.kind)))
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
