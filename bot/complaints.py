"""A complaint or petition becomes a ticket: what about, where, what happened, a number to answer to if wanted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.privacy import find, mask
from store import secrets
from store.crypto import Vault
from store.tickets import TicketRow

LONGEST_PLACE = 200
PHOTOS_FOR = timedelta(days=1)
_KEPT_IN_PLACES = ("address", "name")


def own_ticket(session: Session, conversation_id: str, number: str) -> TicketRow | None:
    """The complaint with this number, if it was made in this conversation and is not closed."""
    query = select(TicketRow).filter_by(number=number, kind="complaint", conversation_id=conversation_id)
    return session.scalars(query.where(TicketRow.state != "closed")).one_or_none()


def latest_open(session: Session, conversation_id: str, at: datetime) -> TicketRow | None:
    """The complaint made in a conversation within the last day that photographs may still belong to."""
    query = select(TicketRow).filter_by(kind="complaint", conversation_id=conversation_id)
    query = query.where(TicketRow.state != "closed", TicketRow.created_at > at - PHOTOS_FOR)
    return session.scalars(query.order_by(TicketRow.created_at.desc()).limit(1)).first()


def masked(session: Session, vault: Vault, conversation_id: str, text: str) -> str:
    """A text as it is stored, with its personal values sealed."""
    return mask(text, lambda kind, value: secrets.keep(session, vault, conversation_id, kind, value))


def place_of(text: str) -> str:
    """Where it happened, as staff need it: names of streets and places stay, numbers of people do not."""
    parts, end = [], 0
    text = text.replace("⟦", "(").replace("⟧", ")")[:LONGEST_PLACE]
    for found in find(text):
        if found.kind not in _KEPT_IN_PLACES:
            parts += [text[end : found.start], f"⟦{found.kind}:0⟧"]
            end = found.end
    return "".join([*parts, text[end:]]).strip()
