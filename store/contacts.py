"""Contacts: what citizens and we wrote to each other at a time, how it ended, and who was back soon.

A contact is a web conversation, or on Zalo, where a conversation never ends, what is written without an hour's pause.
It belongs to the day on which it began. Telephone calls have records of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.calls import CallRow
from store.conversations import ConversationRow, TurnRow

PAUSE = timedelta(hours=1)
BACK_WITHIN = timedelta(hours=72)
Person = tuple[str, str]
Beginning = tuple[str, str, datetime]
"""Of a contact: its channel, the citizen's fingerprint, and when it began."""
FAILED = ("refused", "abandoned", "wrong")
"""Outcomes that are failures, whoever comes back."""
_ENDS = {
    "answered": "answered", "dossier": "answered", "urgent": "answered", "feedback": "answered",
    "clarification": "abandoned", "form": "abandoned", "handed_over": "handed_over",
    "unanswered": "refused", "out_of_scope": "refused", "unavailable": "refused",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact in writing; its first turn is the citizen's."""

    channel: str
    conversation: str
    turns: tuple[Any, ...]

    @property
    def beginning(self) -> Beginning:
        """What tells it from all others, as far as its channel knows citizens."""
        return self.channel, self.turns[0].external or "", self.began

    @property
    def began(self) -> datetime:
        """When the citizen first wrote."""
        began: datetime = self.turns[0].at
        return began

    @property
    def over(self) -> datetime:
        """From when on a turn would begin another contact."""
        over: datetime = self.turns[-1].at + PAUSE
        return over


def read_turns(session: Session, start: datetime, end: datetime) -> Sequence[Any]:
    """The turns of [start, end) in the order of their conversations."""
    columns = (
        TurnRow.id, TurnRow.conversation_id, ConversationRow.channel, ConversationRow.external, TurnRow.author,
        TurnRow.at, TurnRow.status, TurnRow.entry_id, TurnRow.text,
    )  # fmt: skip
    query = select(*columns).join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    query = query.where(TurnRow.at >= start, TurnRow.at < end)
    return session.execute(query.order_by(TurnRow.conversation_id, TurnRow.seq)).all()


def split(turns: Iterable[Any]) -> Iterator[Contact]:
    """Turns in the order of their conversations, cut where a citizen writes on Zalo after a pause."""
    for conversation, said in groupby(turns, key=lambda turn: turn.conversation_id):
        part: list[Any] = []
        for turn in said:
            if turn.author == "citizen" and turn.channel == "zalo" and part and turn.at - part[-1].at > PAUSE:
                yield Contact(turn.channel, conversation, tuple(part))
                part = []
            if part or turn.author == "citizen":
                part.append(turn)
        if part and part[0].channel != "phone":
            yield Contact(part[0].channel, conversation, tuple(part))


def outcome(contact: Contact, *, person: bool, wrong: Collection[str]) -> str:
    """How a contact ended: `wrong`, `handed_over`, `answered`, `clarified` (answered after asking back), `refused`,
    `abandoned` (a question of ours was left unanswered) or `other` (nothing was asked).

    person: whether one was asked for. wrong: ids of the turns that were judged wrong.
    """
    said = [turn for turn in contact.turns if turn.author == "assistant" and turn.status in _ENDS]
    if any(turn.id in wrong for turn in said):
        return "wrong"
    if person or not said:
        return "handed_over" if person else "other"
    end = _ENDS[said[-1].status]
    return "clarified" if end == "answered" and any(turn.status == "clarification" for turn in said) else end


def beginnings(session: Session, start: datetime, end: datetime) -> Mapping[Person, list[datetime]]:
    """When citizens whom the channel knows began contacts, in order, by channel and fingerprint.

    Turns are read from a pause before `start` on; what is older is not needed to see what begins.
    """
    began: dict[Person, list[datetime]] = defaultdict(list)
    called = select(CallRow.caller, CallRow.started_at).where(CallRow.caller.is_not(None))
    called = called.where(CallRow.started_at >= start, CallRow.started_at < end).order_by(CallRow.started_at)
    for caller, at in session.execute(called):
        began["phone", caller or ""].append(at)
    wrote = (
        select(ConversationRow.external, TurnRow.at, TurnRow.author)
        .join(TurnRow, TurnRow.conversation_id == ConversationRow.id)
        .where(ConversationRow.channel == "zalo", TurnRow.at >= start - PAUSE, TurnRow.at < end)
        .order_by(ConversationRow.external, TurnRow.at)
    )
    for external, said in groupby(session.execute(wrote), key=lambda row: row[0]):
        last: datetime | None = None
        for _, at, author in said:
            if author == "citizen" and at >= start and (last is None or at - last > PAUSE):
                began["zalo", external or ""].append(at)
            last = at
    return began


def returns(began: Mapping[Person, list[datetime]], start: datetime, end: datetime) -> dict[Beginning, bool]:
    """The contacts that began in [start, end), and whether the same citizen was back within 72 hours."""
    return {
        (channel, citizen, at): at in following and following[at] - at <= BACK_WITHIN
        for (channel, citizen), moments in began.items()
        for following in (dict(pairwise(moments)),)
        for at in moments
        if start <= at < end
    }
