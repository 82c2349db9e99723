"""A citizen's judgement of one answer (thumb and reason) or of the whole conversation (1-5)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.privacy import mask
from store.conversations import TurnRow
from store.tickets import RatingRow


class Rating(BaseModel):
    """The body of `POST /api/chat/ratings`: `helpful` of one turn, or `score` of the conversation."""

    model_config = ConfigDict(extra="ignore")

    turn_id: Annotated[str, Field(max_length=32)] | None = None
    helpful: bool | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None
    score: Annotated[int, Field(ge=1, le=5)] | None = None

    @model_validator(mode="after")
    def _judges_something(self) -> Rating:
        if (self.helpful is None) == (self.score is None) or (self.helpful is not None and self.turn_id is None):
            raise ValueError("either `score`, or `helpful` with `turn_id`")
        return self


def keep(session: Session, conversation_id: str, rating: Rating) -> bool:
    """Store a judgement, or change the earlier one of the same turn; False when the turn is not of the conversation."""
    if rating.turn_id is not None:
        turn = session.get(TurnRow, rating.turn_id)
        if turn is None or turn.conversation_id != conversation_id:
            return False
    query = select(RatingRow).filter_by(conversation_id=conversation_id, turn_id=rating.turn_id, by=None)
    row = session.scalars(query).first() or RatingRow(conversation_id=conversation_id, turn_id=rating.turn_id)
    row.helpful, row.score = rating.helpful, rating.score
    row.reason = mask(rating.reason, lambda kind, value: 0) if rating.reason else None
    session.add(row)
    return True
