"""Questions that citizens went away with, put together by meaning and ranked by how many people were lost.

A group leaves the list by itself when the live base answers it, or when the entry that was judged wrong has changed;
it is back as soon as that is no longer so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from console.wording import shown
from knowledge.encoder import Vectors
from knowledge.live import LiveKnowledge
from knowledge.vector_cache import VectorCache
from store.base import now
from store.conversations import TurnRow
from store.knowledge import RevisionRow
from store.tickets import RatingRow

WITHIN = timedelta(days=30)
MOST = 500
SAME_MEANING = 0.9
SHOWN = 30
SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Lost:
    """A question that was not answered well. entry: the one that answered, when somebody said it was wrong."""

    question: str
    conversation: str
    at: datetime
    status: str
    entry: str | None


@dataclass(slots=True)
class Group:
    """Questions of one meaning. suggestions: id and title of the entries nearest to them."""

    questions: list[Lost]
    vector: Vectors
    suggestions: list[tuple[str, str]] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many conversations were lost to it."""
        return len({lost.conversation for lost in self.questions})

    @property
    def texts(self) -> list[str]:
        """The wordings, each once, the newest first."""
        return list(dict.fromkeys(lost.question for lost in self.questions))


def open_groups(session: Session, knowledge: LiveKnowledge, cache: VectorCache) -> list[Group]:
    """The groups that are still open, most people first."""
    lost = lost_questions(session)
    vectors = cache.encode("query", [question.question for question in lost])
    groups = sorted(group_by_meaning(lost, vectors), key=lambda group: -group.people)
    return [group for group in groups[: SHOWN * 2] if _is_open(knowledge, group)][:SHOWN]


def lost_questions(session: Session) -> list[Lost]:
    """Questions refused, judged wrong, or asked back about without an answer afterwards; the newest first."""
    asked, said, later = aliased(TurnRow), aliased(TurnRow), aliased(TurnRow)
    answered_later = exists().where(
        later.conversation_id == said.conversation_id, later.seq > said.seq, later.status == "answered"
    )
    wrong = select(RatingRow.turn_id).where(RatingRow.helpful.is_(False), RatingRow.turn_id.is_not(None))
    lost = or_(said.status == "unanswered", said.id.in_(wrong), and_(said.status == "clarification", ~answered_later))
    query = (
        select(asked.text, said.conversation_id, said.at, said.status, said.entry_id)
        .join(asked, asked.id == said.reply_to)
        .where(said.at > now() - WITHIN, lost)
        .order_by(said.at.desc())
        .limit(MOST)
    )
    rows = [Lost(shown(text), id_, at, status or "", entry) for text, id_, at, status, entry in session.execute(query)]
    return [row for row in rows if row.entry is None or not _changed_since(session, row)]


def group_by_meaning(lost: Sequence[Lost], vectors: Vectors) -> list[Group]:
    """Each question joins the first group whose first question means the same, or opens one."""
    groups: list[Group] = []
    for question, vector in zip(lost, vectors, strict=True):
        near = np.array([group.vector @ vector for group in groups])
        if near.size and near.max() >= SAME_MEANING:
            groups[int(near.argmax())].questions.append(question)
        else:
            groups.append(Group([question], vector))
    return groups


def _is_open(knowledge: LiveKnowledge, group: Group) -> bool:
    """Whether the live base still fails the group; fills in what it suggests."""
    outcome, nearest = _found(knowledge, knowledge.snapshot, group.questions[0].question)
    group.suggestions = [(id_, knowledge.entries[id_].title) for id_ in nearest if id_ in knowledge.entries]
    return outcome != "answer" or any(lost.entry for lost in group.questions)


@lru_cache(maxsize=4096)
def _found(knowledge: LiveKnowledge, snapshot: int, question: str) -> tuple[str, tuple[str, ...]]:
    """What a snapshot makes of a question: kept, as neither of the two changes."""
    found = knowledge.search(question, SUGGESTED)
    return found.outcome, tuple(candidate.entry for candidate in found.candidates)


def _changed_since(session: Session, lost: Lost) -> bool:
    newer = (RevisionRow.entry_id == lost.entry, RevisionRow.state == "published", RevisionRow.created_at > lost.at)
    query: Any = select(RevisionRow.id).where(*newer).limit(1)
    return session.scalars(query).first() is not None
