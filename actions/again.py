""" "Nói lại", "nói chậm lại": the last answer once more, as it was or shorter."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, say_text
from actions.wording import button, words
from store import turns


class ActionRepeat(Action):
    """Says the last answer again, word for word."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        with self._runtime.database.read() as session:
            said = [t for t in turns.latest(session, tracker.sender_id) if t.author == "assistant" and t.messages]
        if not said:
            say_text(dispatcher, "smalltalk", words()["repeat_none"], button("dossier"), button("human"))
            return []
        last = said[-1]
        details = {**last.details, **self._details()}
        dispatcher.utter_message(json_message={"status": last.status, "messages": last.messages, "details": details})
        return []

    def _details(self) -> dict[str, Any]:
        return {}


class ActionSlower(ActionRepeat):
    """Says the last answer again and asks the channel to speak slowly from now on."""

    def name(self) -> str:
        return "action_slower"

    def _details(self) -> dict[str, Any]:
        return {"pace": "slow"}
