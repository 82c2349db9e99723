"""What a pressed button sends: ``/ask{"entry": …, "aspect": …}``, ``/human`` and the like.

Only the payloads listed here reach the dialogue as intents; a citizen who types another slash loses the slash.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from knowledge.vocabulary import ASPECTS, Aspect

_FORM = re.compile(r"^/([a-z_]+)(\{.*\})?$", re.DOTALL)
INTENTS = {
    "ask": "ask_procedure",
    "human": "human",
    "dossier": "dossier_status",
    "affirm": "affirm",
    "deny": "deny",
    "complaint": "complaint",
    "hours": "ask_hours_place",
    "cancel": "cancel",
    "repeat": "repeat",
    "slower": "slower",
    "rate": "feedback_rating",
    "remind": "remind_me",
    "stop": "stop_reminders",
    "move": "continue_elsewhere",
}


@dataclass(frozen=True, slots=True)
class Payload:
    """A pressed button: the dialogue's intent, and the entry and aspect it names, if any."""

    intent: str
    entry: str | None = None
    aspect: Aspect | None = None


def parse(text: str) -> Payload | None:
    """The payload that `text` is, or None when it is ordinary writing or a payload we never offered."""
    match = _FORM.match(text.strip())
    if not match or match[1] not in INTENTS:
        return None
    try:
        values = json.loads(match[2]) if match[2] else {}
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    entry, aspect = values.get("entry"), values.get("aspect")
    if entry is not None and not isinstance(entry, str):
        return None
    return Payload(INTENTS[match[1]], entry, aspect if aspect in ASPECTS else None)
