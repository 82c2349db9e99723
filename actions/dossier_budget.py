"""How many wrong codes and numbers are borne before the answer is "later".

Four digits are guessed once in 10,000 tries, so what protects dossiers is how few tries are ever compared. Whatever an
attacker has, within any 24 hours at most ``addresses × 1 + overall_day`` wrong tries are compared: the first of each
address always, further ones only from the shared budget. The holder of a dossier, coming from an address without a
failure, is therefore always heard, even while the shared budget is spent; right answers cost nothing.

An address is one of `bot.client_address`, a caller's number (all withheld ones are one) or an account on Zalo.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from store.dossiers import AttemptRow, Failures, failures, serialise_attempts

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
Limit = Literal["conversation", "address", "overall", "code"]


@dataclass(frozen=True, slots=True)
class Budgets:
    """Wrong tries allowed. overall_*: second and later tries of all addresses together.

    code_step, code_cap: seconds that the next try on a code waits after two wrong ones, doubling with each from the
    first to the second. Who has not failed yet, in this conversation or from this address, does not wait.
    """

    conversation_day: int = 3
    address_day: int = 4
    overall_hour: int = 6
    overall_day: int = 20
    code_step: float = 5.0
    code_cap: float = 300.0

    def most_tries(self, conversations: int, addresses: int) -> int:
        """The most wrong tries that are compared within 24 hours for somebody with so many of each."""
        by_address = addresses + min(self.overall_day, addresses * (self.address_day - 1))
        return min(by_address, conversations * self.conversation_day)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The attempt is on the books, as wrong until `settle` says otherwise."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Which limit is reached and when to try again."""

    limit: Limit
    until: datetime


def reserve(
    session: Session, budgets: Budgets, conversation_id: str, client: str, key: str, at: datetime
) -> Allowed | Refused:
    """Ask to compare one code and number. client: fingerprint of the address. key: fingerprint of the code.

    Call it in a writing transaction of its own and commit before the comparison.
    """
    serialise_attempts(session)
    day = at - DAY
    conversation = failures(session, day, AttemptRow.conversation_id == conversation_id)
    address = failures(session, day, AttemptRow.client == client)
    refused = _spent("conversation", conversation, budgets.conversation_day, DAY)
    refused = refused or _spent("address", address, budgets.address_day, DAY)
    if address.count:
        refused = refused or _overall(session, budgets, at)
    if address.count or conversation.count:
        refused = refused or _slow_down(failures(session, day, AttemptRow.key == key), budgets, at)
    if refused:
        return refused
    row = AttemptRow(at=at, conversation_id=conversation_id, client=client, key=key, again=address.count > 0)
    session.add(row)
    session.flush()
    return Allowed(row.id)


def settle(session: Session, attempt: int, *, right: bool | None) -> None:
    """Note how an attempt ended; None when nothing was compared, which costs nothing."""
    row = session.get_one(AttemptRow, attempt)
    if right is None:
        session.delete(row)
    else:
        row.right = right


def _spent(limit: Limit, failed: Failures, allowed: int, window: timedelta) -> Refused | None:
    if failed.count < allowed or failed.first is None:
        return None
    return Refused(limit, failed.first + window)


def _overall(session: Session, budgets: Budgets, at: datetime) -> Refused | None:
    again = AttemptRow.again.is_(True)
    return _spent("overall", failures(session, at - HOUR, again), budgets.overall_hour, HOUR) or _spent(
        "overall", failures(session, at - DAY, again), budgets.overall_day, DAY
    )


def _slow_down(failed: Failures, budgets: Budgets, at: datetime) -> Refused | None:
    if failed.last is None or failed.count < 2:
        return None
    wait = min(budgets.code_step * 2 ** min(failed.count - 2, 30), budgets.code_cap)
    until = failed.last + timedelta(seconds=wait)
    return Refused("code", until) if until > at else None
