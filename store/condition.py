"""How the store stands now: what waits, what is stuck, what is live; for operators, without any personal value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.account_tokens import AccountTokenRow
from store.conversations import InboxRow
from store.dossiers import AttemptRow
from store.knowledge import LiveSnapshotRow
from store.outbox import OutboxRow
from store.tickets import TicketRow

_HOUR = timedelta(hours=1)
_INBOX = ("waiting", "working", "parked")
_OUTBOX = ("waiting", "sending", "held", "parked")


@dataclass(frozen=True, slots=True)
class Condition:
    """inbox: messages not answered, by state. oldest: seconds that the oldest of them waits, 0 when none does.

    outbox: messages not sent, by channel and state. uncertain: sends of which nobody knows whether they arrived.
    tickets: open and taken, by kind. attempts: failed look-ups of dossiers within the last hour. snapshot: the live
    number, 0 for none. tokens: by account, seconds until its token runs out; negative when only an operator can help.
    """

    inbox: dict[str, int]
    oldest: float
    outbox: dict[tuple[str, str], int]
    uncertain: int
    tickets: dict[str, int]
    attempts: int
    snapshot: int
    tokens: dict[str, float]


def read(session: Session, at: datetime) -> Condition:
    """The condition at a moment."""
    waiting = select(InboxRow.state, func.count(), func.min(InboxRow.accepted_at))
    inbox = session.execute(waiting.where(InboxRow.state.in_(_INBOX)).group_by(InboxRow.state)).all()
    since = [oldest for state, _, oldest in inbox if state != "parked"]
    sending = select(OutboxRow.channel, OutboxRow.state, func.count()).where(OutboxRow.state.in_(_OUTBOX))
    outbox = session.execute(sending.group_by(OutboxRow.channel, OutboxRow.state)).all()
    tickets = select(TicketRow.kind, func.count()).where(TicketRow.state.in_(("open", "taken")))
    failed = select(func.count()).where(AttemptRow.at > at - _HOUR, AttemptRow.right.is_(False))
    return Condition(
        inbox={state: count for state, count, _ in inbox},
        oldest=max(((at - oldest).total_seconds() for oldest in since), default=0.0),
        outbox={(channel, state): count for channel, state, count in outbox},
        uncertain=session.scalar(select(func.sum(OutboxRow.uncertain))) or 0,
        tickets={kind: int(count) for kind, count in session.execute(tickets.group_by(TicketRow.kind))},
        attempts=session.scalar(failed) or 0,
        snapshot=session.scalar(select(LiveSnapshotRow.number)) or 0,
        tokens={row.account: _left(row, at) for row in session.scalars(select(AccountTokenRow))},
    )


def _left(row: AccountTokenRow, at: datetime) -> float:
    return (row.expires_at - at).total_seconds() if row.state == "ok" else -1.0
