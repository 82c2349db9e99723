"""What needs no knowledge: greetings, abuse, emergencies, things outside the service. Words stand in `words.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, intent_of, say_text
from actions.wording import button, words
from knowledge.urgent import UrgentKind, urgent_kind, urgent_text

SMALLTALK: Mapping[str, str] = {
    "greet": "greet",
    "thanks": "thanks",
    "goodbye": "goodbye",
    "abuse": "abuse",
    "distress": "distress",
    "help": "help",
    "bot_challenge": "identity",
    "delete_my_data": "privacy",
    "continue_elsewhere": "continue",
}
OUTSIDE: Mapping[str, str] = {
    "politics": "politics",
    "legal_advice": "legal_advice",
    "prompt_attack": "prompt_attack",
    "do_it_for_me": "do_it_for_me",
}
URGENT: Mapping[str, UrgentKind] = {
    "emergency_fire": "fire",
    "emergency_police": "police",
    "emergency_medical": "medical",
    "emergency_child": "child",
    "emergency_violence": "violence",
    "scam": "scam",
}


class ActionSmalltalk(Action):
    """Greets, thanks, calms; which of them, the intent says."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_smalltalk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        intent = intent_of(tracker) or "help"
        text = words()[SMALLTALK.get(intent, "help")].format(province=self._runtime.profile.name)
        say_text(dispatcher, "smalltalk", text, button("dossier"), button("human"), intent=intent)
        return []


class ActionOutOfScope(Action):
    """Declines politely, each kind of outside question in its own words."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        intent = intent_of(tracker) or "out_of_scope"
        text = words()[OUTSIDE.get(intent, "out_of_scope")]
        say_text(dispatcher, "out_of_scope", text, button("human"), intent=intent)
        return []


class ActionUrgent(Action):
    """Names the one number to call, at once: 111, 113, 114 or 115; for a scam, what to stop doing."""

    def name(self) -> str:
        return "action_urgent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        heard = urgent_kind((tracker.latest_message or {}).get("text") or "")
        kind: UrgentKind = heard or URGENT.get(intent_of(tracker) or "", "police")
        say_text(dispatcher, "urgent", urgent_text(kind), button("human"), urgent=kind)
        return []


class ActionCancel(Action):
    """Leaves a form."""

    def name(self) -> str:
        return "action_cancel"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        say_text(dispatcher, "smalltalk", words()["cancelled"], button("dossier"), button("human"))
        return []
