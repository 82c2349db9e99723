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
    "bot_challenge": "identity",
}
OUTSIDE: Mapping[str, str] = {
    "politics": "politics",
    "legal_advice": "legal_advice",
    "do_it_for_me": "do_it_for_me",
    "prompt_attack": "prompt_attack",
}
URGENT: Mapping[str, UrgentKind] = {
    "emergency_fire": "fire",
    "emergency_police": "police",
    "emergency_medical": "medical",
    "emergency_child": "child",
    "domestic_violence": "violence",
    "self_harm": "self_harm",
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


class ActionScam(ActionUrgent):
    """The same for somebody who is being cheated."""

    def name(self) -> str:
        return "action_scam"


class Saying(Action):
    """One fixed sentence. name: of the action. key: of the sentence in `words.yml`."""

    def __init__(self, name: str, key: str) -> None:
        self._name, self._key = name, key

    def name(self) -> str:
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        say_text(dispatcher, "smalltalk", words()[self._key], button("dossier"), button("human"))
        return []


SAYINGS = (
    Saying("action_help", "help"),
    Saying("action_cancel", "cancelled"),
    Saying("action_delete_data", "privacy"),
)
