"""The form that asks for a dossier's code and number, and the action that tells how the dossier stands.

Rasa sees placeholders only: ``⟦dossier:1⟧``, ``⟦digits4:1⟧``. What stands behind them is opened here, never said back.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.backends import Dossier
from actions.dossier_budget import Refused
from actions.dossier_lookup import DossierDesk, open_desk
from actions.dossier_text import describe, words
from actions.hand_over import ActionDetail
from actions.runtime import Runtime, metadata_of, say_text
from actions.wording import button
from knowledge.code_symbols import read_symbols
from knowledge.dossier_code import VIETNAM, NotADossierCode, ParsedCode, parse_dossier_code
from knowledge.dossier_fields import is_sensitive
from knowledge.dossier_number import WHOLE_LENGTHS, read_number
from knowledge.entry import Procedure
from knowledge.vocabulary import Button
from settings import get_settings
from store import secrets, turns
from store.conversations import ConversationRow
from store.dossiers import RETURNED, code_key
from store.reminders import note_seen

CODE, NUMBER = "dossier_code", "dossier_digits"
_PLACEHOLDER = re.compile(r"⟦([a-z0-9]+):(\d+)⟧")
RETRY = "retry"
_UNKNOWN_CLIENT = "unknown"


def actions(runtime: Runtime) -> list[Action]:
    """The actions of dossier look-up, with the back end that the settings name, and what takes details for them."""
    desk = open_desk(runtime.database, runtime.vault, get_settings().dossier_api_base)
    status = ActionDossierStatus(runtime, desk)
    return [
        ValidateDossierForm(desk),
        AskDossierCode(desk),
        AskDossierDigits(desk),
        status,
        ActionDetail(runtime, RetryDossier(status, desk)),
    ]


class ValidateDossierForm(Action):
    """Takes code and number from whatever message has them, also when both come at once or before being asked.

    A message with other digits in it is a failed try at what was asked: the slot is set to None, and Rasa asks again. A
    message without any sets nothing, and Rasa leaves it to the rules.
    """

    def __init__(self, desk: DossierDesk) -> None:
        self._desk = desk

    def name(self) -> str:
        return "validate_dossier_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        text = said(self._desk, tracker)
        requested = tracker.get_slot("requested_slot")
        found = {CODE: self._code(tracker, text), NUMBER: self._number(tracker, text, asked=requested == NUMBER)}
        tried = requested if has_digits(text) else None
        return [SlotSet(slot, value) for slot, value in found.items() if value or slot == tried]

    def _code(self, tracker: Tracker, text: str) -> str | None:
        parsed = parse_dossier_code(text)
        return keep(self._desk, tracker, "dossier", parsed.code) if isinstance(parsed, ParsedCode) else None

    def _number(self, tracker: Tracker, text: str, *, asked: bool) -> str | None:
        number = read_number(text, asked=asked)
        if number is None or not may_give(self._desk, tracker, number):
            return None
        return keep(self._desk, tracker, "cccd" if len(number) > 4 else "digits4", number)


class AskDossierCode(Action):
    """Asks for the code; names what was given instead of one."""

    def __init__(self, desk: DossierDesk) -> None:
        self._desk = desk

    def name(self) -> str:
        return "action_ask_dossier_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        text = said(self._desk, tracker)
        parsed = parse_dossier_code(text)
        reason = parsed.reason if isinstance(parsed, NotADossierCode) else "none"
        w = words()
        tried = reason != "none" or has_digits(text)
        text = w["not_a_code"][reason] if tried else w["ask_code"]
        spoken = w["ask_code_spoken"] if reason == "none" else text
        say_text(dispatcher, "dossier", text, button("human"), button("cancel"), spoken=spoken, asks="code")
        return []


class AskDossierDigits(Action):
    """Asks for the last four digits, or for the whole number where the province's system needs it."""

    def __init__(self, desk: DossierDesk) -> None:
        self._desk = desk

    def name(self) -> str:
        return "action_ask_dossier_digits"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        whole = self._desk.backend.whole_number
        w = words()
        if whole and metadata_of(tracker).get("ch") == "zalo":
            say_text(dispatcher, "dossier", w["whole_elsewhere"], button("human"), button("cancel"))
            return []
        key = "ask_whole" if whole else "ask_last_four"
        text, spoken = w[key], w[f"{key}_spoken"]
        message = said(self._desk, tracker)
        if has_digits(message) and not isinstance(parse_dossier_code(message), ParsedCode):
            text = spoken = w["wrong_whole_form" if whole else "wrong_number_form"]
        asks = "whole_number" if whole else "last_four"
        say_text(dispatcher, "dossier", text, button("human"), button("cancel"), spoken=spoken, asks=asks)
        return []


class ActionDossierStatus(Action):
    """Looks the dossier up, says how it stands or one sentence of refusal, and forgets code and number."""

    def __init__(self, runtime: Runtime, desk: DossierDesk) -> None:
        self._runtime, self._desk = runtime, desk

    def name(self) -> str:
        return "action_dossier_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        await self.look_up(dispatcher, tracker, str(tracker.get_slot(CODE) or ""), str(tracker.get_slot(NUMBER) or ""))
        return [SlotSet(CODE, None), SlotSet(NUMBER, None)]

    async def look_up(self, dispatcher: CollectingDispatcher, tracker: Tracker, code: str, number: str) -> None:
        """Say how the dossier stands. code, number: the placeholders that stand for them."""
        plain_code, plain_number = opened(self._desk, tracker, code), opened(self._desk, tracker, number)
        metadata = metadata_of(tracker)
        client = str(metadata.get("client") or _UNKNOWN_CLIENT)
        if not self._desk.backend.whole_number:
            plain_number = plain_number[-4:]
        outcome = await self._desk.look_up(tracker.sender_id, client, plain_code, plain_number)
        if isinstance(outcome, Dossier):
            self._note_seen(tracker.sender_id, plain_code)
            self._tell(dispatcher, outcome, phone=metadata.get("ch") == "phone")
        else:
            self._refuse(dispatcher, outcome, code)

    def _note_seen(self, conversation_id: str, code: str) -> None:
        """Whoever has just proved whose dossier it is may ask to be reminded of it."""
        with self._desk.database.write() as session:
            conversation = session.get_one(ConversationRow, conversation_id)
            note_seen(conversation, code_key(self._desk.vault, code), self._desk.clock())

    def _tell(self, dispatcher: CollectingDispatcher, dossier: Dossier, *, phone: bool) -> None:
        today = self._desk.clock().astimezone(VIETNAM).date()
        entry = self._runtime.knowledge.entries.get(dossier.procedure_id or "")
        procedure = entry if isinstance(entry, Procedure) else None
        told = describe(dossier, speakable_title(dossier, procedure), today)
        more_to_come = dossier.status != RETURNED and not phone
        buttons = [button("remind"), button("human")] if more_to_come else [button("human")]
        if dossier.status == 5 and procedure and not procedure.sensitive:
            payload = f'/ask{{"entry":"{procedure.id}","aspect":"documents"}}'
            buttons.insert(0, Button(words()["papers_button"], payload))
        facts = {"status": dossier.status, "late": told.late}
        say_text(dispatcher, "dossier", told.text, *buttons, spoken=told.spoken, dossier=facts)

    def _refuse(
        self, dispatcher: CollectingDispatcher, outcome: Refused | Literal["not_found", "unavailable"], code: str
    ) -> None:
        w = words()
        if isinstance(outcome, Refused):
            text = w["later"].format(wait=waiting(outcome.until - self._desk.clock()))
        else:
            text = w[outcome]
        retry = {RETRY: code} if outcome == "not_found" else {}
        say_text(dispatcher, "dossier", text, button("dossier"), button("human"), shown=False, **retry)


class RetryDossier:
    """Takes four other digits after a dossier was not found, so that the code need not be given again."""

    def __init__(self, status: ActionDossierStatus, desk: DossierDesk) -> None:
        self._status, self._desk = status, desk

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Look up again when the last answer was a refusal and the message is a number; whether it was."""
        number = read_number(said(self._desk, tracker), asked=True)
        code = self._refused(tracker.sender_id) if number and may_give(self._desk, tracker, number) else None
        if number is None or code is None:
            return False
        kind = "cccd" if len(number) > 4 else "digits4"
        await self._status.look_up(dispatcher, tracker, code, keep(self._desk, tracker, kind, number))
        return True

    def _refused(self, conversation_id: str) -> str | None:
        """The placeholder of the code that the last answer refused."""
        with self._desk.database.read() as session:
            last = turns.latest(session, conversation_id, 1)
        return last[-1].details.get(RETRY) if last else None


def said(desk: DossierDesk, tracker: Tracker) -> str:
    """The latest message with what its placeholders stand for."""
    return opened(desk, tracker, (tracker.latest_message or {}).get("text") or "")


def opened(desk: DossierDesk, tracker: Tracker, text: str) -> str:
    """`text` with what its placeholders stand for; one of another conversation stays closed."""
    with desk.database.read() as session:

        def value(match: re.Match[str]) -> str:
            return secrets.reveal(session, desk.vault, tracker.sender_id, match[1], int(match[2])) or ""

        return _PLACEHOLDER.sub(value, text)


def keep(desk: DossierDesk, tracker: Tracker, kind: str, value: str) -> str:
    """The placeholder under which `value` is sealed for this conversation."""
    with desk.database.write() as session:
        return f"⟦{kind}:{secrets.keep(session, desk.vault, tracker.sender_id, kind, value)}⟧"


def has_digits(text: str) -> bool:
    """Whether a message gives something like a number, written or spoken."""
    return bool(re.search(r"\d{2}", read_symbols(text).text))


def may_give(desk: DossierDesk, tracker: Tracker, number: str) -> bool:
    """Whether this number may be used here: a whole one comes from the web form or from telephone keys only."""
    if not desk.backend.whole_number:
        return True
    metadata = metadata_of(tracker)
    safe = metadata.get("ch") == "web" or (metadata.get("ch") == "phone" and bool(metadata.get("keys")))
    return safe and len(number) in WHOLE_LENGTHS


def speakable_title(dossier: Dossier, procedure: Procedure | None) -> str | None:
    """The procedure's name, unless it would tell others something about its holder."""
    title = procedure.title if procedure else dossier.procedure_title
    if title is None or (procedure and procedure.sensitive):
        return None
    names = (title, procedure.official_title if procedure else None, dossier.procedure_title)
    return None if any(is_sensitive(name) for name in names if name) else title


def waiting(left: timedelta) -> str:
    """How long to wait, rounded up, in words: ``2 phút``, ``3 giờ``."""
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return f"{minutes} phút" if minutes <= 90 else f"{-(-minutes // 60)} giờ"
