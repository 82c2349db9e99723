"""Reads from the stored turns what a conversation was about, so that a follow-up survives any process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bot.messages import Aspect
from knowledge.question import Context
from store.conversations import TurnRow


def context_from(turns: Sequence[TurnRow]) -> Context:
    """The context of the next message. turns: of one conversation, oldest first."""
    answers = [t for t in turns if t.author == "assistant"]
    last = next((t for t in reversed(answers) if t.entry_id), None)
    latest = answers[-1] if answers else None
    offered: tuple[str, ...] = ()
    if latest is not None and latest.status == "clarification":
        offered = tuple(e for m in latest.messages for e in m.get("entry_ids", ()))
    told = tuple(dict.fromkeys(t.entry_id for t in answers if t.entry_id and t.status == "answered"))
    places = [t.details["lives_in"] for t in answers if t.details.get("lives_in")]
    return Context(
        entry=last.entry_id if last else None,
        aspect=cast(Aspect | None, last.aspect) if last else None,
        offered=offered,
        told=told,
        place=places[-1] if places else "",
        place_asked=any(t.details.get("place_asked") for t in answers),
    )


def pressed_title(turns: Sequence[TurnRow], payload: str) -> str | None:
    """The title of the button that sends `payload`, if the assistant offered one lately."""
    for turn in reversed(turns):
        for message in turn.messages:
            for button in message.get("buttons", ()):
                if button["payload"] == payload:
                    return str(button["title"])
    return None
