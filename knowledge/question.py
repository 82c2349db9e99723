"""What the gateway understood of a message, in a form small enough to travel to Rasa and back as `metadata`."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from knowledge.vocabulary import Aspect

Outcome = Literal["answer", "clarify", "refuse"]
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a message.

    candidates: entry ids with scores, best first, at most five. probability: calibrated, that the first is right.
    aspects: what is asked of the entry, surest first; empty when the message names none. family: of procedures that the
    message names without saying which. place: the words that name where somebody lives; place_alone: there is nothing
    else in the message.
    """

    text: str
    candidates: tuple[tuple[str, float], ...]
    outcome: Outcome
    probability: float
    aspects: tuple[Aspect, ...] = ()
    family: str | None = None
    place: str = ""
    place_alone: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the conversation was about before this message.

    entry, aspect: of the last answer. offered: entry ids of the choices in the last clarification. told: entries
    whose caveat this conversation has already heard. place: the words that last named where the citizen lives.
    place_asked: whether that was asked.
    """

    entry: str | None = None
    aspect: Aspect | None = None
    offered: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    place: str = ""
    place_asked: bool = False


@dataclass(frozen=True, slots=True)
class Understanding:
    """A message read once: its normalised text and one or more questions.

    vector: of the text, from the encoder that the dialogue was trained with; None when retrieval has another one, whose
    numbers would mean nothing there.
    """

    text: str
    vector: Vector | None
    questions: tuple[Question, ...]

    def metadata(self, context: Context) -> dict[str, Any]:
        """The compact form that accompanies the message to Rasa (about 1 KB, most of it the half-precision vector).

        Without a vector Rasa encodes the message itself.
        """
        first = self.questions[0]
        return {
            "v": None if self.vector is None else base64.b64encode(self.vector.astype(np.float16).tobytes()).decode(),
            "c": [[entry, round(score, 4)] for entry, score in first.candidates],
            "d": first.outcome,
            "p": round(first.probability, 4),
            "a": list(first.aspects),
            "place_alone": first.place_alone,
            "q": [_to_json(q) for q in self.questions],
            "ctx": {
                "entry": context.entry,
                "aspect": context.aspect,
                "offered": list(context.offered),
                "told": list(context.told),
                "place": context.place,
                "place_asked": context.place_asked,
            },
        }


def questions_of(metadata: dict[str, Any]) -> tuple[Question, ...]:
    """The questions that `Understanding.metadata` packed; empty when there are none."""
    return tuple(_from_json(q) for q in metadata.get("q", ()))


def context_of(metadata: dict[str, Any]) -> Context:
    """The context that `Understanding.metadata` packed."""
    packed = metadata.get("ctx") or {}
    return Context(
        packed.get("entry"),
        packed.get("aspect"),
        tuple(packed.get("offered", ())),
        tuple(packed.get("told", ())),
        packed.get("place", ""),
        packed.get("place_asked", False),
    )


def _to_json(question: Question) -> dict[str, Any]:
    return {
        "t": question.text,
        "c": [[entry, round(score, 4)] for entry, score in question.candidates],
        "d": question.outcome,
        "p": round(question.probability, 4),
        "a": list(question.aspects),
        "f": question.family,
        "l": question.place,
        "la": question.place_alone,
    }


def _from_json(packed: dict[str, Any]) -> Question:
    candidates = tuple((str(entry), float(score)) for entry, score in packed["c"])
    return Question(
        packed["t"],
        candidates,
        packed["d"],
        float(packed["p"]),
        tuple(packed["a"]),
        packed.get("f"),
        packed.get("l", ""),
        packed.get("la", False),
    )
