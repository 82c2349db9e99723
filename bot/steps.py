"""What a message carries from step to step while it is answered."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from bot.messages import UserMessage
from bot.without_dialogue import danger
from bot.wording import words
from knowledge.question import Context, Understanding
from store.conversations import ConversationRow


@dataclass(slots=True)
class Work:
    """One accepted message on its way to its reply."""

    row_id: int
    message: UserMessage
    masked: str = ""
    shown: str = ""
    started: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """Note the milliseconds since the last lap."""
        spent = (time.perf_counter() - self.started) * 1000 - sum(self.timings.values())
        self.timings[step] = round(spent, 1)


@dataclass(frozen=True, slots=True)
class Read:
    """A message read once: what the dialogue needs to decide. sent: what it is told. notice: to say before."""

    context: Context
    understanding: Understanding
    sent: str
    notice: str


@dataclass(frozen=True, slots=True)
class Said:
    """What is said without asking the dialogue."""

    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exact:
    """What is said to a message recognised word for word. shown: the message as the conversation keeps it."""

    shown: str
    payload: dict[str, Any]


def settled(conversation: ConversationRow, told: dict[str, str], masked: str) -> Said | None:
    """What is said whatever the message asks: a person has the conversation, it has ended, or the assistant pauses.

    A danger is answered before that; during a pause the dialogue does so.
    """
    in_danger = danger(masked)
    if conversation.state == "person":
        said = {"status": "handed_over", "messages": [{"text": words()["person_has_it"]}]}
    elif conversation.ended_at is not None:
        said = {"status": "unavailable", "messages": [{"text": words()["ended"]}]}
    elif "pause" in told and in_danger is None:
        said = {"status": "unavailable", "messages": [{"text": told["pause"]}]}
    else:
        return None
    return Said(in_danger | {"messages": in_danger["messages"] + said["messages"]} if in_danger else said)
