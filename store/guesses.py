"""How often somebody may be wrong about a short secret: the code of a move, a ticket's PIN, a code sent to a telephone;
and how often somebody may have such a code sent, or end the reminders to a number, counted in the same way.

Whatever an attacker has, within 24 hours at most ``clients × 1 + overall`` wrong guesses of one purpose are compared:
the first of each client always, further ones only from the shared budget. So who has not failed yet is always heard,
even while the shared budget is spent. Right guesses cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.locks import hold

DAY = timedelta(days=1)
Purpose = Literal["move", "pin", "number", "send", "stop"]


class GuessRow(Base):
    """One wrong guess. client: fingerprint of the address, caller or account. target: fingerprint of what was guessed
    at, empty when the secret itself says it. again: the client had failed before within a day.
    """

    __tablename__ = "guesses"
    __table_args__ = (Index("ix_guesses_client", "purpose", "client", "at"), Index("ix_guesses_at", "purpose", "at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(8))
    conversation_id: Mapped[str] = mapped_column(String(32), index=True)
    client: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(64))
    again: Mapped[bool]


@dataclass(frozen=True, slots=True)
class Budget:
    """Wrong guesses allowed within 24 hours. overall: second and later ones of all clients together."""

    client: int = 5
    target: int = 5
    overall: int = 60


def may_guess(session: Session, budget: Budget, purpose: Purpose, client: str, target: str, at: datetime) -> bool:
    """Whether one more guess is compared. Call it in the writing transaction that compares and calls `failed`."""
    hold(session, f"guesses:{purpose}")
    own = _count(session, purpose, at, GuessRow.client == client)
    if own >= budget.client or (target and _count(session, purpose, at, GuessRow.target == target) >= budget.target):
        return False
    return own == 0 or _count(session, purpose, at, GuessRow.again.is_(True)) < budget.overall


def failed(session: Session, purpose: Purpose, conversation_id: str, client: str, target: str, at: datetime) -> None:
    """Put a wrong guess on the books."""
    again = _count(session, purpose, at, GuessRow.client == client) > 0
    row = GuessRow(at=at, purpose=purpose, conversation_id=conversation_id, client=client, target=target, again=again)
    session.add(row)
    session.flush()


def forget(session: Session, before: datetime) -> int:
    """Delete guesses older than `before`; how many there were."""
    return session.execute(delete(GuessRow).where(GuessRow.at < before)).rowcount  # type: ignore[attr-defined, no-any-return]


def _count(session: Session, purpose: Purpose, at: datetime, which: ColumnElement[bool]) -> int:
    query = select(func.count()).where(GuessRow.purpose == purpose, GuessRow.at > at - DAY, which)
    return session.scalar(query) or 0
