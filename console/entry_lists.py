"""Finding entries: by meaning through the retriever, or by field, authority, confidence and state in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from knowledge.live import LiveKnowledge
from store.base import now
from store.knowledge import EntryRow, RevisionRow

PAGE = 50
FOUND = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in a list: its newest revision. live: number of the published one."""

    id: str
    kind: str
    title: str
    confidence: str
    state: str
    author: str
    live: int | None
    at: datetime

    @property
    def age(self) -> int:
        """Days since it was last changed."""
        return (now() - self.at).days


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; empty values do not narrow. q: words, searched by meaning."""

    q: str = ""
    kind: str = ""
    field: str = ""
    level: str = ""
    confidence: str = ""
    state: str = ""
    page: int = 1


def find(session: Session, knowledge: LiveKnowledge, wanted: Filter) -> tuple[list[Listed], bool]:
    """Entries of one page, and whether there are more; searched ones best first, others newest first."""
    query, newest = _newest()
    query = query.where(*_conditions(newest, wanted))
    if not wanted.q:
        offset = (wanted.page - 1) * PAGE
        rows = session.execute(
            query.order_by(newest.created_at.desc(), newest.entry_id).offset(offset).limit(PAGE + 1)
        ).all()
        return [_listed(row) for row in rows[:PAGE]], len(rows) > PAGE
    ids = [wanted.q.strip(), *_by_meaning(knowledge, wanted.q)]
    named = newest.content["title"].as_string().contains(wanted.q.strip(), autoescape=True)
    rows = session.execute(query.where(newest.entry_id.in_(ids) | named).limit(FOUND * 3)).all()
    ranks = {id_: rank for rank, id_ in reversed(list(enumerate(ids)))}
    return sorted((_listed(row) for row in rows), key=lambda entry: ranks.get(entry.id, FOUND))[:PAGE], False


def fields(session: Session) -> list[str]:
    """All fields of procedures and topics of FAQs that are in use."""
    content = RevisionRow.content
    name = func.coalesce(content["field"].as_string(), content["topic"].as_string())
    query = select(name).join(EntryRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.live == RevisionRow.number))
    return sorted({value for value in session.scalars(query.distinct()) if value})


def waiting(session: Session) -> list[Listed]:
    """Drafts and revisions under review, those under review first."""
    query, newest = _newest()
    query = query.where(newest.state.in_(("draft", "review"))).order_by(newest.state.desc(), newest.created_at)
    return [_listed(row) for row in session.execute(query.limit(PAGE))]


def _newest() -> tuple[Select[Any], type[RevisionRow]]:
    revision = aliased(RevisionRow)
    last = select(RevisionRow.entry_id, func.max(RevisionRow.number).label("number")).group_by(RevisionRow.entry_id)
    numbers = last.subquery()
    content = revision.content
    query = (
        select(
            EntryRow.id, EntryRow.kind, content["title"].as_string(), content["confidence"].as_string(),
            revision.state, revision.author, EntryRow.live, revision.created_at,
        )
        .join(numbers, numbers.c.entry_id == EntryRow.id)
        .join(revision, (revision.entry_id == EntryRow.id) & (revision.number == numbers.c.number))
    )  # fmt: skip
    return query, revision


def _conditions(newest: type[RevisionRow], wanted: Filter) -> list[ColumnElement[bool]]:
    content = newest.content
    values: Mapping[Any, str] = {
        EntryRow.kind: wanted.kind,
        func.coalesce(content["field"].as_string(), content["topic"].as_string()): wanted.field,
        content["place"]["level"].as_string(): wanted.level,
        content["confidence"].as_string(): wanted.confidence,
        newest.state: wanted.state,
    }
    return [column == value for column, value in values.items() if value]


def _by_meaning(knowledge: LiveKnowledge, words: str) -> list[str]:
    try:
        return [candidate.entry for candidate in knowledge.search(words, FOUND).candidates]
    except LookupError:
        return []


def _listed(row: Row[Any]) -> Listed:
    values: tuple[Any, ...] = tuple(row)
    return Listed(*values)
