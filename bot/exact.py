"""What is recognised word for word, before the dialogue and whether or not it runs: codes, ticket numbers, one word.

These are secrets or commands: they must not reach a language model, a tracker or a stored turn, and must not be
understood only most of the time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from bot import complaints, moving, photos, reminding, tickets
from bot.conversation import Knowledge
from bot.messages import Button, Message, UserMessage
from bot.privacy import find
from bot.steps import Exact
from bot.wording import words
from knowledge.question import Context
from knowledge.service_words import service_words
from knowledge.text import deaccent
from knowledge.vocabulary import message_json
from settings import Settings
from store import reminders
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.reminders import seen_lately, ways_for

_SIX = re.compile(r"(?:ma|code)?[\s:]*(\d{3})[\s.-]?(\d{3})")
_STOP = re.compile(r"(?:/stop|dung|stop|(?:dung|ngung|huy|tat|thoi) nhac(?: (?:nua|toi))?)[\s.!]*")
_CHOSEN = re.compile(r"/remind(\{.*\})")
_PHOTO = re.compile(r"/photo(\{.*\})")
_LOOK_UP = re.compile(r"(?:xem|tra cuu|tra) (?:lai )?(?:phieu|phan anh|ket qua phan anh|phieu phan anh)[\s.!]*")
_QUESTION = re.compile(r"\?|\b(?:gi|nao|bao nhieu|bao lau|may|sao|khong|chua|cam on|huy|thoi)\b")
_FORMS = ("form", "dossier")


class ExactWords:
    """Called by `Conversation` with each message and the turns before it; None leaves it to the dialogue.

    picture: fetches a picture sent on Zalo by its address, or raises `PhotoError`.
    """

    def __init__(
        self, database: Database, vault: Vault, knowledge: Knowledge, settings: Settings,
        picture: Callable[[str], bytes],
    ) -> None:  # fmt: skip
        self._db, self._vault, self._knowledge, self._settings = database, vault, knowledge, settings
        self._picture = picture

    def __call__(self, message: UserMessage, history: Sequence[TurnRow]) -> Exact | None:
        """The reply to a message that is exactly one of these things."""
        plain = deaccent(message.text.strip().lower())
        last = next((turn for turn in reversed(history) if turn.author == "assistant"), None)
        found = self._pressed(message, plain, last) or self._ticket(message, plain, last)
        if found is not None:
            return found
        six = _SIX.fullmatch(plain)
        code = six[1] + six[2] if six else None
        asked = last.details.get("asks") if last is not None else None
        if asked == "place" and last is not None:
            return self._place(message, plain, str(last.details.get("ticket")))
        if asked == "stop":
            return self._stop_number(message)
        if asked == "reminder" or code is None:
            return self._prove(message, code) if asked == "reminder" else None
        return None if last is not None and last.status in _FORMS else self._carry(message, code)

    def _pressed(self, message: UserMessage, plain: str, last: TurnRow | None) -> Exact | None:
        """The one word that ends reminders, a way of being reminded, a picture."""
        if _STOP.fullmatch(plain):
            return self._stop(message, last)
        text = message.text.strip()
        if (chosen := _CHOSEN.fullmatch(text)) is not None:
            return self._choose(message, chosen[1])
        sent = _PHOTO.fullmatch(text) if message.channel == "zalo" else None
        return self._photo(message, sent[1]) if sent else None

    def _stop(self, message: UserMessage, last: TurnRow | None) -> Exact | None:
        """End what reaches this person here; a ZNS arrives in Zalo without telling whose number it went to."""
        with self._db.write() as session:
            stopped = reminders.stop(session, message.at, conversation_id=message.conversation_id)
        w = words()["remind"]
        if stopped:
            return _say(w["stop"], "dossier", w["stopped"], reminder=None)
        notified = message.channel == "zalo" and "zns" in ways_for(self._settings, "zalo")
        if not notified or (last is not None and last.status == "form"):
            return None
        return _say(w["stop"], "dossier", w["stop_ask_number"], asks="stop")

    def _stop_number(self, message: UserMessage) -> Exact | None:
        phone = next((found.value for found in find(message.text) if found.kind == "phone"), None)
        if phone is None:
            return None
        with self._db.write() as session:
            where, client = message.conversation_id, message.client or "unknown"
            done = reminding.stop_number(session, self._vault, where, phone, client, message.at)
        return _say("⟦phone:0⟧", "dossier", words()["remind"]["stopped_number" if done else "stop_later"])

    def _choose(self, message: UserMessage, packed: str) -> Exact | None:
        way = next((one for one in ways_for(self._settings, message.channel) if one == _packed(packed, "by")), None)
        if way is None:
            return None
        w = words()["remind"]
        with self._db.write() as session:
            conversation = session.get_one(ConversationRow, message.conversation_id)
            dossier = seen_lately(conversation, message.at)
            row = reminding.wish(session, conversation, dossier, way, message.at) if dossier else None
        shown = service_words()["remind"]["ways"][way]
        if dossier is None:
            return _say(shown, "dossier", w["not_seen"], Button(w["look"], "/dossier"))
        if row is None:
            return _say(shown, "dossier", w["too_many"], Button(w["stop"], "/stop"))
        stop = Button(w["stop"], "/stop")
        if row.state == "on":
            return _say(shown, "dossier", w["chosen"][way], stop, reminder=way)
        return _say(shown, "dossier", w["ask_number"], stop, asks="reminder")

    def _ticket(self, message: UserMessage, plain: str, last: TurnRow | None) -> Exact | None:
        w = words()["ticket"]
        written = tickets.read(message.text)
        number = written.number or (last.details.get("asks_pin") if last is not None else None)
        if number is None:
            return _say(message.text, "feedback", w["ask_number"]) if _LOOK_UP.fullmatch(plain) else None
        if written.pin is None:
            return (
                _say(number, "feedback", w["ask_pin"].format(number=number), asks_pin=number)
                if written.number
                else None
            )
        with self._db.write() as session:
            where, client = message.conversation_id, message.client or "unknown"
            text, found = tickets.tell(session, self._vault, where, client, number, written.pin, message.at)
        shown = w["shown"].format(number=number) if written.number else w["shown_pin"]
        return _say(shown, "feedback", text, asks_pin=None if found else number)

    def _photo(self, message: UserMessage, packed: str) -> Exact | None:
        """A picture for the complaint that was made here last."""
        w = service_words()["complaint"]
        url = _packed(packed, "url")
        try:
            jpeg = photos.jpeg_of(self._picture(str(url)))
            with self._db.write() as session:
                ticket = complaints.latest_open(session, message.conversation_id, message.at)
                if ticket is None:
                    return None
                photos.keep(session, self._vault, ticket, jpeg)
        except photos.PhotoError:
            return _say(w["photo"], "feedback", w["photo_refused"])
        return _say(w["photo"], "feedback", w["photo_kept"].format(number=ticket.number))

    def _place(self, message: UserMessage, plain: str, number: str) -> Exact | None:
        """Where a complaint that was just filed happened; a question or a button is something else."""
        w = words()["ticket"]
        if plain.strip() == "/skip":
            return _say(w["shown_skip"], "smalltalk", w["place_skipped"])
        if plain.startswith("/") or _QUESTION.search(plain):
            return None
        with self._db.write() as session:
            ticket = complaints.own_ticket(session, message.conversation_id, number)
            if ticket is None:
                return None
            ticket.place = complaints.place_of(message.text)
            shown = complaints.masked(session, self._vault, message.conversation_id, message.text)
        return _say(shown, "feedback", w["place_kept"].format(number=number), ticket=number)

    def _prove(self, message: UserMessage, code: str | None) -> Exact | None:
        """The telephone number to be reminded at, or the code that was sent to it."""
        w = words()["remind"]
        with self._db.write() as session:
            row = reminding.unproven(session, message.conversation_id, message.at)
            phone = next((found.value for found in find(message.text) if found.kind == "phone"), None)
            if row is None or (phone is None and (code is None or row.code is None)):
                return None
            client = message.client or "unknown"
            if phone is not None:
                sent = reminding.take_number(session, self._vault, row, phone, client, message.at)
                return _say("⟦phone:0⟧", "dossier", w["code_sent" if sent else "code_later"], asks="reminder")
            right = reminding.take_code(session, self._vault, row, code or "", client, message.at)
        key = {True: "code_right", False: "code_wrong", None: "code_later"}[right]
        return _say(words()["ticket"]["shown_code"], "dossier", w[key], asks=None if right else "reminder")

    def _carry(self, message: UserMessage, code: str) -> Exact:
        with self._db.write() as session:
            conversation = session.get_one(ConversationRow, message.conversation_id)
            client = message.client or "unknown"
            taken = moving.take_code(session, self._vault, code, conversation, client, message.at)
        shown = words()["ticket"]["shown_code"]
        if isinstance(taken, moving.Refused):
            return _say(shown, "smalltalk", taken.text, Button("Gặp cán bộ", "/human"))
        said = [Message(taken.text), *self._last_answer(taken)]
        return Exact(shown, {"status": taken.status, "messages": [message_json(m) for m in said]})

    def _last_answer(self, taken: moving.Taken) -> Sequence[Message]:
        """The answer to go on from; after a call, the papers of what was asked, which are hard to keep in mind."""
        if taken.channel != "phone" or taken.entry is None:
            return taken.messages
        try:
            asked = self._knowledge.pressed(taken.entry, "documents").questions
        except KeyError:
            return taken.messages
        return [m for answer in self._knowledge.answer(asked, Context()) for m in answer.messages]


def _packed(packed: str, name: str) -> Any:
    try:
        return json.loads(packed).get(name)
    except (ValueError, AttributeError):
        return None


def _say(shown: str, status: str, text: str, *buttons: Button, **details: Any) -> Exact:
    message = message_json(Message(text, buttons=buttons))
    return Exact(shown, {"status": status, "messages": [message], "details": details})
