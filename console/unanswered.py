"""The inbox of unanswered questions: lost questions in groups of one meaning, ranked by how many people were lost.

A group closes by itself when the live base answers it, and comes back when that is no longer so, or when somebody is
lost to it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from console.lost_questions import WITHIN, Lost, fresh
from console.wording import shown
from knowledge.encoder import Vectors
from knowledge.live import LiveKnowledge
from knowledge.retriever import Retrieval
from knowledge.vector_cache import VectorCache
from store.base import now
from store.engine import Database
from store.knowledge import RevisionRow
from store.unanswered import LostQuestionRow, UnansweredGroupRow

SAME_MEANING = 0.93
SUGGESTED = 3
ASKED_AGAIN = 3
AT_ONCE = 20
ANSWERED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the live base makes of a group. answered_by: the entry, when it answers most of its wordings."""

    suggestions: list[list[str]]
    answered_by: str | None


def gather(database: Database, knowledge: LiveKnowledge, cache: VectorCache) -> int:
    """Put newly lost questions into groups and compare groups with the live base; how many questions were new."""
    if not knowledge.snapshot:
        return 0
    with database.read() as session:
        lost = fresh(session)
    vectors = cache.encode("query", [knowledge.read(shown(one.text)) for one in lost])
    if lost:
        with database.write() as session:
            _join(session, lost, vectors)
    settle(database, knowledge)
    return len(lost)


def settle(database: Database, knowledge: LiveKnowledge) -> None:
    """Close groups that the live base answers and open those it answers no longer; each once for a snapshot.

    At most `AT_ONCE` of them, so that citizens' questions are not kept waiting: those somebody works on come first,
    then those that lost most people.
    """
    row = UnansweredGroupRow
    with database.read() as session:
        behind = (
            select(row.id)
            .where(row.snapshot != knowledge.snapshot, row.last_at > now() - WITHIN)
            .order_by(row.draft.is_(None), row.people.desc())
            .limit(AT_ONCE)
        )
        groups = {id_: _questions(session, id_) for id_ in session.scalars(behind)}
        verdicts = {id_: _judge(session, knowledge, asked) for id_, asked in groups.items() if asked}
    if not groups:
        return
    with database.write() as session:
        empty = [id_ for id_ in groups if id_ not in verdicts]
        session.execute(delete(UnansweredGroupRow).where(UnansweredGroupRow.id.in_(empty)))
        for id_, verdict in verdicts.items():
            group = session.get(UnansweredGroupRow, id_)
            if group is not None:
                _apply(group, verdict, knowledge.snapshot)
                group.people = people_of(session, id_)


def nearest_group(vector: Vectors, known: Vectors) -> int | None:
    """The row of `known` that means the same as `vector`, both unit vectors; None when none does."""
    if not len(known):
        return None
    likeness = known @ vector
    best = int(likeness.argmax())
    return best if likeness[best] >= SAME_MEANING else None


def _join(session: Session, lost: Sequence[Lost], vectors: Vectors) -> None:
    """Each question joins the group that means the same, or opens one."""
    query = select(UnansweredGroupRow).where(UnansweredGroupRow.last_at > now() - 2 * WITHIN)
    groups = list(session.scalars(query.order_by(UnansweredGroupRow.id)))
    known = np.zeros((len(groups) + len(lost), vectors.shape[1]), np.float32)
    for row, group in enumerate(groups):
        known[row] = unpacked(group.vector)
    touched: set[int] = set()
    taken = set(
        session.scalars(select(LostQuestionRow.reply).where(LostQuestionRow.reply.in_([q.reply for q in lost])))
    )
    for one, vector in zip(lost, vectors, strict=True):
        if one.reply in taken:
            continue
        at = nearest_group(vector, known[: len(groups)])
        if at is None:
            at = len(groups)
            known[at] = vector
            groups.append(UnansweredGroupRow(vector=vector.astype(np.float16).tobytes(), last_at=one.at))
            session.add(groups[at])
            session.flush()
        _add(session, groups[at], one)
        touched.add(at)
    session.flush()
    for at in touched:
        groups[at].people = people_of(session, groups[at].id)


def _add(session: Session, group: UnansweredGroupRow, one: Lost) -> None:
    session.add(
        LostQuestionRow(
            reply=one.reply, group_id=group.id, conversation_id=one.conversation, text=one.text, reason=one.reason,
            entry_id=one.entry, at=one.at,
        )
    )  # fmt: skip
    group.last_at = max(group.last_at, one.at)
    group.snapshot = 0
    if group.state == "closed" and group.closed_at is not None and one.at > group.closed_at:
        group.state, group.closed_at, group.returned = "open", None, group.returned + 1


def people_of(session: Session, group_id: int) -> int:
    """How many conversations of the last weeks were lost to a group."""
    query = select(func.count(LostQuestionRow.conversation_id.distinct()))
    return session.scalar(query.where(LostQuestionRow.group_id == group_id, LostQuestionRow.at > now() - WITHIN)) or 0


def unpacked(vector: bytes) -> Vectors:
    """A stored vector."""
    return np.frombuffer(vector, np.float16).astype(np.float32)


def _questions(session: Session, group_id: int) -> list[LostQuestionRow]:
    """The newest questions of a group."""
    query = select(LostQuestionRow).where(LostQuestionRow.group_id == group_id).order_by(LostQuestionRow.at.desc())
    return list(session.scalars(query.limit(ASKED_AGAIN * 4)))


def _judge(session: Session, knowledge: LiveKnowledge, asked: Sequence[LostQuestionRow]) -> Verdict:
    wordings = list(dict.fromkeys(shown(question.text) for question in asked))[:ASKED_AGAIN]
    found = [knowledge.search(wording, SUGGESTED) for wording in wordings]
    answers = [_answer(one) for one in found]
    good = [entry for entry in answers if entry is not None and not _was_wrong(session, entry, asked)]
    names = {candidate.entry: None for one in found for candidate in one.candidates}
    suggestions = [[id_, knowledge.entries[id_].title] for id_ in names if id_ in knowledge.entries][:SUGGESTED]
    enough = len(good) >= ANSWERED_SHARE * len(wordings) and answers[0] in good
    return Verdict(suggestions, good[0] if enough else None)


def _answer(found: Retrieval) -> str | None:
    return found.candidates[0].entry if found.outcome == "answer" and found.candidates else None


def _was_wrong(session: Session, entry: str, asked: Sequence[LostQuestionRow]) -> bool:
    """Whether the answer of an entry was called wrong, or led to a person, and is still the same."""
    blamed = [question.at for question in asked if question.entry_id == entry]
    return bool(blamed) and not _changed_since(session, entry, max(blamed))


def _changed_since(session: Session, entry: str, at: datetime) -> bool:
    newer = (RevisionRow.entry_id == entry, RevisionRow.state == "published", RevisionRow.created_at > at)
    query: Any = select(RevisionRow.id).where(*newer).limit(1)
    return session.scalars(query).first() is not None


def _apply(group: UnansweredGroupRow, verdict: Verdict, snapshot: int) -> None:
    """A group that a person closed stays closed; one that an entry answered is open again when it does no longer."""
    group.suggestions, group.snapshot = verdict.suggestions, snapshot
    if group.state == "open" and verdict.answered_by:
        group.state, group.closed_at, group.answered_by = "closed", now(), verdict.answered_by
    elif group.state == "closed" and group.answered_by and not verdict.answered_by:
        group.state, group.closed_at, group.answered_by, group.returned = "open", None, None, group.returned + 1
