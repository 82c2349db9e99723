"""Words shared by retrieval, answers and every channel above them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Aspect = Literal[
    "overview", "documents", "fee", "time", "place", "steps", "conditions", "online", "result",
    "legal_basis", "forms", "who", "deadline", "penalty",
]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

AnswerStatus = Literal["answered", "clarification", "unanswered", "out_of_scope"]


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
