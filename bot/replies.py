"""Replies as JSON and back: for Rasa's `custom` payloads, for stored turns and for the chat API."""

from __future__ import annotations

from datetime import date
from typing import Any, cast, get_args

from bot.messages import Aspect, Button, Citation, Message, Reply, Status
from knowledge.vocabulary import message_json
from store.base import new_id
from store.conversations import TurnRow

_STATUSES = frozenset(get_args(Status))
_MILD = ("form", "smalltalk", "answered")


def message_from(packed: dict[str, Any]) -> Message:
    """The message that `message_json` packed, or an action sent."""
    return Message(
        text=str(packed["text"]),
        spoken=str(packed.get("spoken") or packed["text"]),
        entry_ids=tuple(packed.get("entry_ids") or ()),
        aspect=cast(Aspect | None, packed.get("aspect")),
        buttons=tuple(Button(b["title"], b["payload"]) for b in packed.get("buttons") or ()),
        sources=tuple(_citation(s) for s in packed.get("sources") or ()),
    )


def _citation(packed: dict[str, Any]) -> Citation:
    checked = packed.get("checked_at")
    basis = tuple(packed.get("legal_basis") or ())
    return Citation(**{**packed, "legal_basis": basis, "checked_at": date.fromisoformat(checked) if checked else None})


def status_of(payloads: list[dict[str, Any]]) -> Status:
    """The status of a reply made of several actions' payloads: the first that is more than a form's next question."""
    statuses = [p["status"] for p in payloads if p.get("status") in _STATUSES]
    strong = [s for s in statuses if s not in _MILD]
    ordered = strong or [s for s in statuses if s == "answered"] or statuses
    return cast(Status, ordered[0]) if ordered else "unavailable"


def reply_from(conversation_id: str, payloads: list[dict[str, Any]]) -> Reply:
    """The reply that the payloads of several actions make together."""
    details: dict[str, Any] = {}
    for payload in payloads:
        details |= payload.get("details") or {}
    return Reply(
        conversation_id=conversation_id,
        turn_id=new_id(),
        status=status_of(payloads),
        messages=tuple(message_from(m) for p in payloads for m in p.get("messages", ())),
        confidence=next((p["confidence"] for p in payloads if p.get("confidence") is not None), None),
        details=details,
    )


def reply_json(reply: Reply) -> dict[str, Any]:
    """A reply in the form of interface.md, without the token."""
    return {
        "conversation_id": reply.conversation_id,
        "turn_id": reply.turn_id,
        "status": reply.status,
        "messages": [message_json(m) for m in reply.messages],
        "confidence": reply.confidence,
        "details": reply.details,
    }


def reply_from_turn(turn: TurnRow) -> Reply:
    """The reply that a stored turn of the assistant was."""
    return Reply(
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        status=cast(Status, turn.status or "unavailable"),
        messages=tuple(message_from(m) for m in turn.messages),
        confidence=turn.confidence,
        details=turn.details,
    )


def turn_json(turn: TurnRow) -> dict[str, Any]:
    """A stored turn as `GET /api/chat/history` shows it; a system note is shown as the assistant's.

    name: of the member of staff who wrote it, from the turn's details.
    """
    return {
        "turn_id": turn.id,
        "client_message_id": turn.message_id,
        "at": turn.at.isoformat(),
        "from": "assistant" if turn.author == "system" else turn.author,
        "text": turn.text,
        "name": turn.details.get("name"),
        "status": turn.status,
        "messages": turn.messages,
    }
