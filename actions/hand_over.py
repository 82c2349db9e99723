"""A person: a place in the queue while the office is open, a ticket with a promised time when it is closed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction
from rasa_sdk.types import DomainDict

from actions.answer_procedure import ActionAnswer
from actions.runtime import Runtime, payload, say_text
from actions.wording import button, words
from knowledge.province import next_opening, open_now, say_time
from knowledge.vocabulary import Message
from store import hand_over, secrets
from store.base import now
from store.conversations import ConversationRow

_PHONE = re.compile(r"⟦phone:(\d+)⟧")


class ActionHandOver(Action):
    """Calls a person once; asking again tells the place in the queue."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_hand_over"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        dispatcher.utter_message(json_message=call_a_person(self._runtime, tracker.sender_id))
        return []


def call_a_person(runtime: Runtime, conversation_id: str) -> dict[str, Any]:
    """Put a conversation into the queue, unless it stands there already; the `custom` JSON of what to say."""
    at = now()
    is_open, opening = open_now(runtime.profile, at), next_opening(runtime.profile, at)
    with runtime.database.write() as session:
        conversation = session.get_one(ConversationRow, conversation_id)
        ticket = hand_over.open_hand_over(session, conversation.id)
        again = ticket is not None
        if ticket is None:
            ticket = hand_over.take_ticket(session, "hand_over", conversation, promised_until=_promise(opening, at))
            conversation.state = "queued"
        place = hand_over.place_in_queue(session, ticket)
    key = "already" if again and is_open else "queued" if is_open else "closed"
    text = words()["human"][key].format(place=place, number=ticket.number, opening=say_time(opening))
    details = {"ticket": ticket.number, "place": place, "open": is_open}
    return payload("handed_over", (Message(text, text),), details=details)


class ActionCallback(Action):
    """Keeps the number a citizen left, in the open ticket or a new one."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_callback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        left = _PHONE.search(str(tracker.get_slot("callback_number") or "") + (tracker.latest_message or {})["text"])
        at = now()
        opening = next_opening(self._runtime.profile, at)
        w = words()["human"]
        with self._runtime.database.write() as session:
            conversation = session.get_one(ConversationRow, tracker.sender_id)
            vault = self._runtime.vault
            number = secrets.reveal(session, vault, conversation.id, "phone", int(left[1])) if left else None
            if number is None:
                say_text(dispatcher, "form", w["ask_number"], button("cancel"))
                return []
            ticket = hand_over.open_hand_over(session, conversation.id) or hand_over.take_ticket(
                session, "callback", conversation, promised_until=_promise(opening, at)
            )
            hand_over.keep_contact(ticket, vault, number)
        when = w["during"] if open_now(self._runtime.profile, at) else w["later"].format(opening=say_time(opening))
        say_text(
            dispatcher, "handed_over", w["number_kept"].format(number=ticket.number, when=when), ticket=ticket.number
        )
        return [SlotSet("callback_number", None)]


class ValidateCallbackForm(FormValidationAction):
    """Accepts only a number that the gateway recognised as one and sealed."""

    def name(self) -> str:
        return "validate_callback_form"

    async def validate_callback_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        found = _PHONE.search(str(value))
        if not found:
            say_text(dispatcher, "form", words()["human"]["number_wrong"], button("cancel"))
        return {"callback_number": found[0] if found else None}


class AskCallbackNumber(Action):
    """Asks for the number to call back."""

    def name(self) -> str:
        return "action_ask_callback_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        say_text(dispatcher, "form", words()["human"]["ask_number"], button("cancel"), form="callback")
        return []


class Retry(Protocol):
    """Something that a number nobody asked for may be meant for."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Take the latest message, when it is meant for this; whether it was."""


class ActionDetail(Action):
    """A detail nothing asked for: a telephone number goes into the ticket, four digits after a dossier that was not
    found look it up again, anything else is taken as a question."""

    def __init__(self, runtime: Runtime, dossier: Retry) -> None:
        self._callback, self._answer, self._dossier = ActionCallback(runtime), ActionAnswer(runtime), dossier

    def name(self) -> str:
        return "action_detail"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if _PHONE.search((tracker.latest_message or {})["text"]):
            return await self._callback.run(dispatcher, tracker, domain)
        if await self._dossier.run(dispatcher, tracker):
            return []
        return await self._answer.run(dispatcher, tracker, domain)


def _promise(opening: datetime, at: datetime) -> datetime:
    return max(opening, at)
