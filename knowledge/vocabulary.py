"""Words shared by retrieval, answers and every channel above them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal, get_args

Aspect = Literal[
    "overview",
    "documents",
    "fee",
    "time",
    "place",
    "steps",
    "conditions",
    "online",
    "result",
    "legal_basis",
    "forms",
    "who",
    "deadline",
    "penalty",
]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

AnswerStatus = Literal["answered", "clarification", "unanswered", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The source shown under an answer (interface.md, `sources`).

    kind, id: an entry by its id, the profile of a province by its unit code, or the table of places.
    """

    kind: Literal["procedure", "faq", "province", "places"]
    id: str
    title: str
    url: str | None
    legal_basis: tuple[str, ...]
    decision: str | None
    checked_at: date | None
    review: Literal["none", "officer"]


@dataclass(frozen=True, slots=True)
class Button:
    """A choice offered under a message; `payload` is what comes back as the text when it is pressed."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble of a reply. `text` may hold lines starting with ``- ``; `spoken` is for the telephone.

    entry_ids: what the message speaks of, best first; in a clarification, the choices offered (at most three).
    """

    text: str
    spoken: str = ""
    entry_ids: tuple[str, ...] = ()
    aspect: Aspect | None = None
    buttons: tuple[Button, ...] = ()
    sources: tuple[Citation, ...] = ()


def message_json(message: Message) -> dict[str, Any]:
    """A message in the form of interface.md: plain JSON values, the day as ``YYYY-MM-DD``."""
    packed = asdict(message)
    packed["spoken"] = message.spoken or message.text
    for source in packed["sources"]:
        source["checked_at"] = source["checked_at"].isoformat() if source["checked_at"] else None
    return packed
