"""Going on in another channel, and being told of news there: what the dialogue's own intents ask for."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, intent_of, say_text
from actions.wording import button, words
from knowledge.service_words import service_words
from knowledge.vocabulary import Button
from settings import get_settings
from store import moves, reminders
from store.base import now
from store.conversations import ConversationRow
from store.reminders import seen_lately, ways_for


class ActionContinueElsewhere(Action):
    """Gives the code that carries this conversation to another channel."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_continue_elsewhere"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        with self._runtime.database.write() as session:
            conversation = session.get_one(ConversationRow, tracker.sender_id)
            code = moves.offer(session, self._runtime.vault, conversation.id, now())
        w = words()["continue"]
        link = f"{get_settings().base_url}/#ma={code}"
        text = w[conversation.channel].format(
            code=f"{code[:3]} {code[3:]}", hotline=self._runtime.profile.hotline, link=link
        )
        spoken = w["spoken"].format(code=", ".join(code))
        say_text(dispatcher, "smalltalk", text, spoken=spoken, move=True)
        return []


class ActionRemind(Action):
    """Asks where to be told of news of the dossier that was just looked up; or ends it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_remind"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if intent_of(tracker) == "stop_reminders":
            self._stop(dispatcher, tracker.sender_id)
            return []
        w, at = words()["remind"], now()
        with self._runtime.database.read() as session:
            conversation = session.get_one(ConversationRow, tracker.sender_id)
            seen = seen_lately(conversation, at)
        ways = ways_for(get_settings(), conversation.channel)
        titles = service_words()["remind"]["ways"]
        if not ways:
            say_text(dispatcher, "dossier", w["not_here"], button("dossier"), button("human"))
        elif seen is None:
            say_text(dispatcher, "dossier", w["not_seen"], button("dossier"), button("human"))
        else:
            choices = (Button(titles[way], f'/remind{{"by":"{way}"}}') for way in ways)
            say_text(dispatcher, "dossier", w["ask"], *choices, button("cancel"))
        return []

    def _stop(self, dispatcher: CollectingDispatcher, conversation_id: str) -> None:
        with self._runtime.database.write() as session:
            stopped = reminders.stop(session, now(), conversation_id=conversation_id)
        say_text(dispatcher, "dossier", words()["remind"]["stopped" if stopped else "none"], reminder=None)
