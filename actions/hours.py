"""Opening hours, address and hotline, from the province's profile."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, say_text
from actions.wording import button, words
from knowledge.province import say_hours


class ActionHours(Action):
    """Says when and where the one-stop centre is open."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_hours"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        profile = self._runtime.profile
        hours = words()["hours"].format(centre=profile.centre.name, hours=say_hours(profile))
        place = words()["hours_place"].format(address=profile.centre.address, hotline=profile.hotline)
        say_text(dispatcher, "answered", f"{hours}\n{place}", button("dossier"), button("human"))
        return []
