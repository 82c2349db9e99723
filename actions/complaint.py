"""A complaint or petition: what about, what happened, a number to answer to if wanted; then a ticket and a PIN."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, say, say_text
from actions.wording import button, words
from knowledge.service_words import service_words
from knowledge.text import deaccent
from knowledge.vocabulary import Button, Message
from store import secrets
from store.conversations import ConversationRow
from store.hand_over import PIN_PLACE, file_complaint

MIN_TEXT = 8
_PHONE = re.compile(r"⟦phone:(\d+)⟧")


class ValidateComplaintForm(FormValidationAction):
    """Asks for each part in turn; a missing contact is a valid answer."""

    def name(self) -> str:
        return "validate_complaint_form"

    async def validate_complaint_category(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        categories: dict[str, str] = service_words()["complaint"]["categories"]
        said = deaccent(str(value).lower())
        key = next((k for k, title in categories.items() if k == value or deaccent(title.lower()) in said), "khac")
        return {"complaint_category": key}

    async def validate_complaint_text(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        text = str(value).strip()
        return {"complaint_text": text if len(text) >= MIN_TEXT else None}

    async def validate_complaint_contact(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        found = _PHONE.search(str(value))
        return {"complaint_contact": found[0] if found else "none"}


class _Ask(Action):
    slot = ""

    def name(self) -> str:
        return f"action_ask_complaint_{self.slot}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        say_text(dispatcher, "form", words()["complaint"][f"ask_{self.slot}"], *self.buttons(), form="complaint")
        return []

    def buttons(self) -> tuple[Button, ...]:
        return (button("cancel"),)


class ActionAskComplaintCategory(_Ask):
    """Offers the categories."""

    slot = "category"

    def buttons(self) -> tuple[Button, ...]:
        titles = service_words()["complaint"]["categories"].values()
        return (*(Button(title, title) for title in titles), button("cancel"))


class ActionAskComplaintText(_Ask):
    """Asks what happened."""

    slot = "text"


class ActionAskComplaintContact(_Ask):
    """Asks where to answer to."""

    slot = "contact"


class ActionComplaint(Action):
    """Stores the complaint as a ticket and tells number and PIN, once; asks where it happened."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_complaint"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        vault = self._runtime.vault
        left = _PHONE.search(str(tracker.get_slot("complaint_contact") or ""))
        category, text = (str(tracker.get_slot(f"complaint_{slot}") or "") for slot in ("category", "text"))
        with self._runtime.database.write() as session:
            conversation = session.get_one(ConversationRow, tracker.sender_id)
            contact = secrets.reveal(session, vault, conversation.id, "phone", int(left[1])) if left else None
            ticket = file_complaint(session, vault, conversation, category, text, contact)
        done = service_words()["complaint"]["done"].format(number=ticket.number, pin=PIN_PLACE)
        asked = words()["complaint"]["ask_place"]
        messages = (Message(done, done), Message(asked, asked, buttons=(button("skip"),)))
        say(dispatcher, "feedback", *messages, ticket=ticket.number, pin=True, asks="place")
        return [AllSlotsReset()]
