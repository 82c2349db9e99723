"""Named queries on tickets: who waits for a person, and what was promised."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.base import now
from store.consent import agreed
from store.conversations import ConversationRow
from store.crypto import Vault
from store.tickets import TicketRow

CONTACT = "ticket-contact"
PHOTO = "ticket-photo"
# Stands for a PIN in what is stored; whoever is told the PIN gets it in this place.
PIN_PLACE = "⟦pin:0⟧"
_PREFIX = {"hand_over": "CB", "callback": "GL", "complaint": "PA", "voicemail": "TN"}


def open_hand_over(session: Session, conversation_id: str) -> TicketRow | None:
    """The hand-over ticket of a conversation that nobody has closed yet."""
    query = select(TicketRow).where(
        TicketRow.conversation_id == conversation_id,
        TicketRow.kind == "hand_over",
        TicketRow.state.in_(("open", "taken")),
    )
    return session.scalars(query.limit(1)).first()


def take_ticket(
    session: Session,
    kind: str,
    conversation: ConversationRow,
    *,
    text: str = "",
    category: str | None = None,
    promised_until: datetime | None = None,
) -> TicketRow:
    """A new open ticket with a number that is easy to read out, e.g. ``CB-26-483920``."""
    ticket = TicketRow(
        number=_number(session, kind),
        kind=kind,
        state="open",
        conversation_id=conversation.id,
        channel=conversation.channel,
        text=text,
        category=category,
        promised_until=promised_until,
        details={},
    )
    session.add(ticket)
    session.flush()
    return ticket


def keep_contact(ticket: TicketRow, vault: Vault, number: str) -> None:
    """Seal a telephone number into a ticket; leaving it is the consent to be called back."""
    ticket.contact = vault.seal(number, CONTACT)
    ticket.details = agreed(ticket.details, "call_back", "left a number", now())


def file_complaint(
    session: Session, vault: Vault, conversation: ConversationRow, category: str, text: str, contact: str | None = None
) -> TicketRow:
    """A new ticket. text: masked already. contact: a telephone number, None when no answer is wanted."""
    ticket = take_ticket(session, "complaint", conversation, text=text, category=category)
    if contact:
        keep_contact(ticket, vault, contact)
    return ticket


def contact(ticket: TicketRow, vault: Vault) -> str | None:
    """The telephone number of a ticket; None when the citizen left none."""
    return vault.open(ticket.contact, CONTACT) if ticket.contact else None


def pin_of(vault: Vault, number: str) -> str:
    """The six-digit PIN of the ticket with this number: computed from the key, so that it is stored nowhere."""
    return f"{int(vault.fingerprint(number, 'ticket-pin'), 16) % 10**6:06d}"


def place_in_queue(session: Session, ticket: TicketRow) -> int:
    """How many open hand-overs stand before this one, itself included; the first is 1."""
    waiting = select(func.count()).where(
        TicketRow.kind == "hand_over", TicketRow.state == "open", TicketRow.created_at <= ticket.created_at
    )
    return max(1, session.scalar(waiting) or 1)


def close(session: Session, ticket: TicketRow) -> None:
    """Close a ticket and give its conversation back to the assistant."""
    ticket.state, ticket.closed_at = "closed", now()
    conversation = session.get(ConversationRow, ticket.conversation_id) if ticket.conversation_id else None
    if conversation is not None and conversation.state in ("queued", "person"):
        conversation.state, conversation.agent = "assistant", None


def _number(session: Session, kind: str) -> str:
    year = now().year % 100
    while True:
        number = f"{_PREFIX[kind]}-{year:02d}-{secrets.randbelow(10**6):06d}"
        if session.scalar(select(func.count()).where(TicketRow.number == number)) == 0:
            return number
