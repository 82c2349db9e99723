"""Reminders: a citizen who has just seen their dossier asks to be told when there is news of it.

Choosing where to be told is the consent. A telephone number must first show, by a code sent to it, that it is theirs.
What is sent says that there is news and where to look, never what it is; each change of status is told once; one word
ends it where it arrives.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.conversation import Deliver
from bot.messages import Button, Message, Reply
from bot.wording import words
from knowledge.vocabulary import message_json
from store import guesses, outbox, reminders, turns
from store.base import new_id
from store.consent import agreed
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.dossiers import RETURNED
from store.reminders import ReminderRow, Way

CODE_FOR = timedelta(minutes=10)
BUDGET = guesses.Budget()
SENDING = guesses.Budget(client=3, target=3, overall=200)
MOST_WISHES = 5


def wish(session: Session, conversation: ConversationRow, dossier: str, way: Way, at: datetime) -> ReminderRow | None:
    """The wish to be told of a dossier; the one there is already, None when there are too many.

    One that goes to a telephone number waits for the number.
    """
    known = reminders.of_conversation(session, conversation.id)
    same = next((row for row in known if (row.dossier, row.channel) == (dossier, way)), None)
    if same is not None or len(known) >= MOST_WISHES:
        return same
    consent = agreed({}, "remind", "chose where to be reminded", at)
    row = ReminderRow(dossier=dossier, conversation_id=conversation.id, channel=way, consent=consent, created_at=at)
    row.state = "waiting" if way in ("zns", "sms") else "on"
    session.add(row)
    session.flush()
    return row


def unproven(session: Session, conversation_id: str, at: datetime) -> ReminderRow | None:
    """The wish of a conversation that still waits for a telephone number or its code, if it is not too old."""
    waiting = [row for row in reminders.of_conversation(session, conversation_id) if row.state == "waiting"]
    return waiting[-1] if waiting and waiting[-1].created_at + CODE_FOR > at else None


def take_number(session: Session, vault: Vault, row: ReminderRow, number: str, client: str, at: datetime) -> bool:
    """Send a code to the number that a citizen gave; False when that was done too often today.

    number: as dialled at home, digits only. client: fingerprint of the address or account.
    """
    digest = reminders.number_digest(vault, number)
    if not guesses.may_guess(session, SENDING, "send", client, digest, at):
        return False
    guesses.failed(session, "send", row.conversation_id, client, digest, at)
    code = f"{secrets.randbelow(10**6):06d}"
    row.address, row.number = vault.seal(number, reminders.ADDRESS), digest
    row.code, row.code_until = vault.fingerprint(f"{row.id}:{code}", "reminder-code"), at + CODE_FOR
    _send(session, vault, row, new_id(), {"to": number, "code": code})
    return True


def take_code(session: Session, vault: Vault, row: ReminderRow, code: str, client: str, at: datetime) -> bool | None:
    """Whether this is the code that was sent to the number, which switches the reminder on; None after too many."""
    if not guesses.may_guess(session, BUDGET, "number", client, row.id, at):
        return None
    right = row.code == vault.fingerprint(f"{row.id}:{code}", "reminder-code")
    if not right or row.code_until is None or row.code_until < at:
        guesses.failed(session, "number", row.conversation_id, client, row.id, at)
        return False
    row.state, row.code, row.code_until = "on", None, None
    return True


def stop_number(session: Session, vault: Vault, conversation_id: str, number: str, client: str, at: datetime) -> bool:
    """End the reminders to a number that somebody names where these arrive; False when that was done too often today.

    Nothing tells whether there were any. number, client: see `take_number`.
    """
    digest = reminders.number_digest(vault, number)
    if not guesses.may_guess(session, SENDING, "stop", client, digest, at):
        return False
    guesses.failed(session, "stop", conversation_id, client, digest, at)
    reminders.stop(session, at, number=digest)
    return True


def announce(
    session: Session, vault: Vault, deliver: Mapping[str, Deliver], dossier: str, status: int, at: datetime
) -> Sequence[str]:
    """Tell whoever waits for it that a dossier has news; the conversations to wake.

    Call it in the transaction that writes the new status (1 to 10): what is to be sent commits with it or not at all.
    A dossier whose result was handed out has no more news.
    """
    waiting = reminders.on(session, dossier)
    for row in waiting:
        row.told += 1
        name = f"{row.id}.{row.told}"
        if row.address is None:
            _write(session, row, deliver, name)
        else:
            _send(session, vault, row, name, {"to": vault.open(row.address, reminders.ADDRESS)})
        if status == RETURNED:
            row.state, row.ended_at = "off", at
    return [row.conversation_id for row in waiting]


def _send(session: Session, vault: Vault, row: ReminderRow, name: str, what: dict[str, str]) -> None:
    conversation = session.get_one(ConversationRow, row.conversation_id)
    outbox.put(session, conversation, name, [vault.seal(json.dumps(what), outbox.PURPOSE)], row.channel)


def _write(session: Session, row: ReminderRow, deliver: Mapping[str, Deliver], name: str) -> None:
    w = words()["remind"]
    conversation = session.get_one(ConversationRow, row.conversation_id)
    message = Message(w["news"], buttons=(Button(w["look"], "/dossier"), Button(w["stop"], "/stop")))
    turn = TurnRow(id=name, author="system", text=message.text, messages=[message_json(message)], details={})
    turns.append(session, conversation, [turn])
    if conversation.channel in deliver:
        deliver[conversation.channel](session, conversation, Reply(conversation.id, name, "dossier", (message,)))
