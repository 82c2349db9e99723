"""A decent answer when Rasa is down or loading: emergencies first, then retrieval alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.wording import words
from knowledge.question import Context, Understanding
from knowledge.urgent import urgent_kind, urgent_text
from knowledge.vocabulary import message_json

if TYPE_CHECKING:
    from bot.conversation import Knowledge

_NEEDS_DIALOGUE = re.compile("⟦(?:dossier|payment|digits4|cccd|taxcode|phone):")


def danger(text: str) -> dict[str, Any] | None:
    """The payload that names the number to call, when a message reports a danger."""
    kind = urgent_kind(text)
    if kind is None:
        return None
    return {"status": "urgent", "messages": [{"text": urgent_text(kind)}], "details": {"urgent": kind}}


def answer(
    knowledge: Knowledge,
    understanding: Understanding,
    sent: str,
    context: Context,
    call_person: Callable[[], dict[str, Any]] | None,
) -> list[dict[str, Any]]:
    """The payloads of a reply, in the form that actions use.

    sent: the masked text, or ``/intent``. call_person: puts the conversation into the queue for a person.
    """
    in_danger = danger(understanding.text)
    if in_danger is not None:
        return [in_danger]
    if sent == "/human" and call_person is not None:
        return [call_person()]
    if _NEEDS_DIALOGUE.search(sent) or (sent.startswith("/") and sent != "/ask_procedure"):
        return [{"status": "unavailable", "messages": [{"text": words()["dialogue_starting"]}]}]
    follow_up = understanding.questions[0].outcome != "answer" and bool(understanding.questions[0].aspects)
    return [
        {
            "status": a.status,
            "messages": [message_json(m) for m in a.messages],
            "confidence": a.confidence,
            "details": a.details,
        }
        for a in knowledge.answer(understanding.questions, context, follow_up=follow_up)
    ]
