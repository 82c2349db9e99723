"""Ratings: one row for each judged turn, the last word counts, and no personal value in a reason."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from bot.channels.web import sessions
from bot.channels.web.ratings import Rating, keep
from store import turns
from store.base import now
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.tickets import RatingRow


def _answered(database: Database) -> tuple[str, str]:
    with database.write() as session:
        row, _ = sessions.start(session)
        turn = TurnRow(author="assistant", text="…", messages=[], details={})
        turns.append(session, row, [turn])
        session.flush()
        return row.id, turn.id


def _kept(database: Database) -> list[tuple[bool | None, str | None, int | None]]:
    with database.read() as session:
        return [(row.helpful, row.reason, row.score) for row in session.scalars(select(RatingRow))]


def test_a_changed_mind_changes_the_row(database: Database) -> None:
    conversation, turn = _answered(database)
    for rating in (Rating(turn_id=turn, helpful=True), Rating(turn_id=turn, helpful=False, reason="Khó hiểu")):
        with database.write() as session:
            assert keep(session, conversation, rating)
    assert _kept(database) == [(False, "Khó hiểu", None)]


def test_the_score_stands_beside_the_thumbs(database: Database) -> None:
    conversation, turn = _answered(database)
    for rating in (Rating(turn_id=turn, helpful=True), Rating(score=5), Rating(score=2)):
        with database.write() as session:
            assert keep(session, conversation, rating)
    assert _kept(database) == [(True, None, None), (None, None, 2)]


def test_a_reason_is_masked(database: Database) -> None:
    conversation, turn = _answered(database)
    with database.write() as session:
        keep(session, conversation, Rating(turn_id=turn, helpful=False, reason="gọi tôi 0912 345 678"))
    assert _kept(database) == [(False, "gọi tôi ⟦phone:0⟧", None)]


def test_a_turn_of_somebody_else_is_not_rated(database: Database) -> None:
    conversation, _ = _answered(database)
    _, foreign = _answered(database)
    with database.write() as session:
        assert not keep(session, conversation, Rating(turn_id=foreign, helpful=True))
    assert _kept(database) == []


@pytest.mark.parametrize(
    "body", [{}, {"helpful": True}, {"score": 0}, {"score": 6}, {"score": 3, "helpful": True, "turn_id": "x"}]
)
def test_what_judges_nothing_or_too_much_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rating.model_validate(body)


def test_presence_starts_the_idle_minutes_anew(database: Database) -> None:
    with database.write() as session:
        row, _ = sessions.start(session)
        session.get_one(ConversationRow, row.id).last_at = now() - 2 * sessions.IDLE
        session.flush()
        sessions.touch(session, row.id)
        assert sessions.end_idle(session) == []
