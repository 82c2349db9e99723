"""The vocabulary that every channel, the dialogue and the knowledge base share: frozen values, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

ChannelName = Literal["web", "zalo", "phone"]
Status = Literal[
    "answered", "clarification", "form", "dossier", "urgent", "handed_over", "feedback",
    "smalltalk", "out_of_scope", "unanswered", "unavailable",
]
Aspect = Literal[
    "overview", "documents", "fee", "time", "place", "steps", "conditions", "online", "result",
    "legal_basis", "forms", "who", "deadline", "penalty",
]


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What a citizen said or pressed.

    conversation_id: ours, never the carrier's or the caller's number.
    message_id: unique per conversation; the same id twice is the same message.
    keys: True when the text was entered on a telephone keypad.
    """

    conversation_id: str
    channel: ChannelName
    text: str
    message_id: str
    at: datetime
    keys: bool = False
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered under a message; `payload` is what comes back as the text when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The source shown under an answer (interface.md, `sources`)."""

    kind: Literal["procedure", "faq"]
    id: str
    title: str
    url: str | None
    legal_basis: tuple[str, ...]
    decision: str | None
    checked_at: date | None
    review: Literal["none", "officer"]


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble of a reply. `text` may hold lines starting with ``- ``; `spoken` is for the telephone."""

    text: str
    spoken: str = ""
    entry_ids: tuple[str, ...] = ()
    aspect: Aspect | None = None
    buttons: tuple[Button, ...] = ()
    sources: tuple[Citation, ...] = ()


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
