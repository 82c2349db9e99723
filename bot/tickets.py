"""A complaint looked up by its number and PIN; whoever has both sees how far it is, whatever the channel."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Reply
from bot.wording import words
from knowledge.province import ZONE
from store import guesses, hand_over
from store.crypto import Vault
from store.hand_over import PIN_PLACE
from store.tickets import TicketRow

NUMBER = re.compile(r"\bPA[\s-]*(\d{2})[\s-]*(\d{6})\b", re.IGNORECASE)
BUDGET = guesses.Budget()


@dataclass(frozen=True, slots=True)
class Written:
    """A ticket's number and a PIN as a citizen wrote them; None for what is missing."""

    number: str | None
    pin: str | None


def read(text: str) -> Written:
    """What a message gives of a ticket."""
    found = NUMBER.search(text)
    rest = text if found is None else text[: found.start()] + " " + text[found.end() :]
    pin = re.fullmatch(r"\D*(\d{3})\s?(\d{3})\D*", rest)
    return Written(f"PA-{found[1]}-{found[2]}" if found else None, pin[1] + pin[2] if pin else None)


def tell(
    session: Session, vault: Vault, conversation_id: str, client: str, number: str, pin: str, at: datetime
) -> tuple[str, bool]:
    """How a complaint stands, and whether it was found. A wrong number and a wrong PIN give the same sentence.

    client: fingerprint of the address or account. Wrong tries are counted: 5 a day for one client, 5 for one ticket.
    """
    w = words()["ticket"]
    target = vault.fingerprint(number, "ticket-number")
    if not guesses.may_guess(session, BUDGET, "pin", client, target, at):
        return str(w["later"]), False
    ticket = session.scalars(select(TicketRow).filter_by(number=number, kind="complaint")).one_or_none()
    right = hmac.compare_digest(hand_over.pin_of(vault, number), pin)
    if ticket is None or not right:
        guesses.failed(session, "pin", conversation_id, client, target, at)
        return str(w["wrong"]), False
    day = f"{ticket.created_at.astimezone(ZONE):%d/%m/%Y}"
    told = w["told"].format(number=number, day=day, state=w["states"][ticket.state])
    return (f"{told}\n{w['answer'].format(answer=ticket.answer)}" if ticket.answer else told), True


def with_pin(vault: Vault, reply: Reply) -> Reply:
    """A reply as the citizen gets it the first time: with the PIN that the stored turn does not have.

    Only a reply whose details say ``pin`` for a ticket has one; channels call this just before they say it.
    """
    number = reply.details.get("ticket")
    if not reply.details.get("pin") or not isinstance(number, str):
        return reply
    pin = hand_over.pin_of(vault, number)
    messages = tuple(
        replace(m, text=m.text.replace(PIN_PLACE, pin), spoken=m.spoken.replace(PIN_PLACE, " ".join(pin)))
        for m in reply.messages
    )
    return replace(reply, messages=messages)
