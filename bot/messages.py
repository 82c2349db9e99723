"""The vocabulary that every channel and the dialogue share: frozen values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from knowledge.vocabulary import Aspect, Button, Citation, Message

__all__ = ["Aspect", "Button", "ChannelName", "Citation", "Message", "Reply", "Status", "UserMessage"]

ChannelName = Literal["web", "zalo", "phone"]
Status = Literal[
    "answered",
    "clarification",
    "form",
    "dossier",
    "urgent",
    "handed_over",
    "feedback",
    "smalltalk",
    "out_of_scope",
    "unanswered",
    "unavailable",
]


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What a citizen said or pressed.

    conversation_id: ours, never the carrier's or the caller's number.
    message_id: unique per conversation; the same id twice is the same message.
    keys: True when the text was entered on a telephone keypad.
    client: fingerprint of the address, caller or account it came from; empty when unknown.
    """

    conversation_id: str
    channel: ChannelName
    text: str
    message_id: str
    at: datetime
    keys: bool = False
    language: str = "vi"
    client: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one `UserMessage`. `confidence` is a calibrated probability where one exists.

    details: facts for the channel that are not text, e.g. a ticket number or the next step of a form.
    """

    conversation_id: str
    turn_id: str
    status: Status
    messages: tuple[Message, ...]
    confidence: float | None = None
    details: dict[str, Any] = field(default_factory=dict)
