"""Lessons for the dialogue: messages with the intent they have, proposed by one person and accepted by another.

Every fourth lesson is kept apart: no training sees it, and every training is measured with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from console import audit
from console.accounts import Staff
from console.intents import INTENTS
from store.base import now
from store.unanswered import NluExampleRow, TrainingRow

KEPT_APART_EACH = 4
LONGEST = 300
SHOWN = 200
LOST_AFTER = timedelta(minutes=5)
_MARKUP = re.compile(r"[\[\](){}\s]+")


class LessonError(ValueError):
    """Why a step is not possible; the text is Vietnamese."""


def propose(session: Session, staff: Staff, texts: Sequence[str], intent: str) -> int:
    """New lessons for review, without those that are there; how many. Raises LessonError for an unknown intent."""
    if intent not in INTENTS:
        raise LessonError("Không có ý này.")
    texts = [_MARKUP.sub(" ", text).strip()[:LONGEST] for text in texts]
    known = set(session.scalars(select(NluExampleRow.text).where(NluExampleRow.text.in_(texts))))
    fresh = [text for text in dict.fromkeys(texts) if text and text not in known]
    count = session.scalar(select(func.count()).select_from(NluExampleRow)) or 0
    for number, text in enumerate(fresh, start=count + 1):
        apart = number % KEPT_APART_EACH == 0
        session.add(NluExampleRow(text=text, intent=intent, kept_apart=apart, proposed_by=staff.name))
    if fresh:
        audit.note(session, staff.name, "proposed a lesson", intent, lessons=len(fresh))
    return len(fresh)


def review(session: Session, staff: Staff, id_: int, *, accept: bool) -> None:
    """Accept or refuse a lesson of somebody else. Raises LessonError."""
    row = session.get(NluExampleRow, id_)
    if row is None or row.state != "proposed":
        raise LessonError("Câu này đã có người xem, hoặc không còn nữa.")
    if accept and row.proposed_by == staff.name:
        raise LessonError("Người đề xuất không tự nhận. Cần người thứ hai.")
    row.state, row.reviewed_by = "accepted" if accept else "refused", staff.name
    audit.note(session, staff.name, "accepted a lesson" if accept else "refused a lesson", str(id_))


def lessons(session: Session, state: str) -> list[NluExampleRow]:
    """Lessons in a state, the newest first."""
    query = select(NluExampleRow).filter_by(state=state).order_by(NluExampleRow.id.desc())
    return list(session.scalars(query.limit(SHOWN)))


def untaught(session: Session) -> int:
    """How many accepted lessons no training in use has learned."""
    query = select(func.count()).where(NluExampleRow.state == "accepted", NluExampleRow.training.is_(None))
    return session.scalar(query) or 0


def ask_training(session: Session, staff: Staff, base: str) -> TrainingRow:
    """Ask for a training of the lessons accepted so far. base: key of the shipped model. Raises LessonError."""
    if in_work(session) is not None:
        raise LessonError("Trợ lý đang học. Xin chờ xong lượt này.")
    if not untaught(session):
        raise LessonError("Chưa có câu mới nào được nhận.")
    row = TrainingRow(base=base, started_by=staff.name)
    session.add(row)
    session.flush()
    audit.note(session, staff.name, "asked for training", str(row.id))
    return row


def in_work(session: Session) -> TrainingRow | None:
    """The training that waits or runs, unless its process is gone."""
    alive = or_(TrainingRow.state == "waiting", TrainingRow.heartbeat > now() - LOST_AFTER)
    query = select(TrainingRow).where(TrainingRow.state.in_(("waiting", "running")), alive)
    return session.scalars(query.limit(1)).first()


def trainings(session: Session) -> list[TrainingRow]:
    """The last trainings, the newest first."""
    return list(session.scalars(select(TrainingRow).order_by(TrainingRow.id.desc()).limit(10)))
