"""Opening hours, address and hotline, from the province's profile."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, say
from actions.wording import button, words
from knowledge.compose import cite_profile, profile_caveat
from knowledge.province import say_hours
from knowledge.vocabulary import Message
from knowledge.wording import join


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
        text = join(hours, place, profile_caveat(profile))
        buttons = (button("dossier"), button("human"))
        say(dispatcher, "answered", Message(text, text, buttons=buttons, sources=(cite_profile(profile),)))
        return []
