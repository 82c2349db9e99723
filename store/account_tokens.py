"""The tokens of an account we send from: one sealed pair, refreshed by one replica at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, String, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base

PURPOSE = "account-token"
LEASE = timedelta(seconds=30)


class AccountTokenRow(Base):
    """sealed: JSON ``{"access", "refresh"}``. seed: fingerprint of the refresh token an operator configured.

    state: `ok`; `leased` while a replica refreshes it, which may have died if the lease is over; `waiting` after a
    refresh that failed; `doubted` when the refresh token was used up by a replica that may still come back with the
    new pair; `parked` when only an operator can help. leased_until: until then no other refresh begins.
    """

    __tablename__ = "account_tokens"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    seed: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes]
    generation: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="ok")
    leased_until: Mapped[datetime | None]


def lease(session: Session, account: str, generation: int, at: datetime) -> bool:
    """Take the right to refresh the pair of this generation; False when another has it or it is refreshed already."""
    free = or_(AccountTokenRow.leased_until.is_(None), AccountTokenRow.leased_until < at)
    mine = update(AccountTokenRow).where(
        AccountTokenRow.account == account, AccountTokenRow.generation == generation, free
    )
    return _one(session, mine.values(leased_until=at + LEASE, state="leased"))


def save(session: Session, account: str, generation: int, sealed: bytes, expires_at: datetime) -> bool:
    """Put the pair that came from refreshing `generation` in its place, both tokens together."""
    mine = update(AccountTokenRow).where(AccountTokenRow.account == account, AccountTokenRow.generation == generation)
    fresh = {"sealed": sealed, "generation": generation + 1, "expires_at": expires_at, "state": "ok"}
    return _one(session, mine.values(**fresh, leased_until=None))


def give_up(session: Session, account: str, generation: int, state: str, until: datetime | None) -> bool:
    """End a refresh that brought nothing, unless the pair has changed since. until: no other begins before then."""
    mine = update(AccountTokenRow).where(AccountTokenRow.account == account, AccountTokenRow.generation == generation)
    return _one(session, mine.values(leased_until=until, state=state))


def _one(session: Session, statement: Any) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount == 1
