"""The questions of ``tests/questions`` with what is right for them, put to the whole understanding of the gateway."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.live import LiveKnowledge
from knowledge.question import Context
from knowledge.vocabulary import Aspect

QUESTIONS = Path(__file__).parents[1] / "tests" / "questions"
Verdict = Literal["right", "offered", "asked in vain", "wrong", "refused"]
VERDICTS: tuple[Verdict, ...] = ("right", "offered", "asked in vain", "wrong", "refused")
OFFERED = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, the entries that answer it (none: out of scope or vague), its style, and the aspect asked."""

    text: str
    ids: frozenset[str]
    style: str
    aspect: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """What came of a question. place: of the right entry, from 0; None when it is not among the candidates.

    right_aspect: None where no aspect is known to be asked, or the entry is wrong.
    """

    wanted: Wanted
    verdict: Verdict
    probability: float
    place: int | None
    first: str | None
    aspect: Aspect | None

    @property
    def right_aspect(self) -> bool | None:
        """Whether the aspect is right, where one was asked of the right entry."""
        return self.aspect == self.wanted.aspect if self.wanted.aspect and self.place == 0 else None


def wanted(name: str) -> list[Wanted]:
    """The rows of ``<name>.tsv``; `style` of the catalogue's says how long."""
    with (QUESTIONS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [Wanted(row["text"], frozenset(row["id"].split("|")), row["style"], row.get("aspect", "")) for row in rows]


def labelled(*labels: str) -> list[Wanted]:
    """The questions of ``other.tsv`` with one of these labels; `urgent` stands for ``urgent:fire`` and its like."""
    with (QUESTIONS / "other.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        chosen = [row for row in rows if row["label"].partition(":")[0] in labels]
    return [Wanted(row["text"], frozenset(), row["label"]) for row in chosen]


def ask(knowledge: LiveKnowledge, question: Wanted, text: str) -> Got:
    """Put `text`, a spelling of `question`, to the live snapshot."""
    understood = knowledge.understand(text, Context()).questions
    first = understood[0]
    ids = [entry for entry, _ in first.candidates]
    firsts = {q.candidates[0][0] for q in understood if q.candidates}
    place = next((i for i, entry in enumerate(ids) if entry in question.ids), None)
    if len(understood) > 1 and firsts & question.ids:
        place = 0
    verdict = _verdict(first.outcome, place)
    aspect = first.aspects[0] if first.aspects else "overview"
    return Got(question, verdict, first.probability, place, ids[0] if ids else None, aspect)


def shares(answers: Sequence[Got]) -> dict[str, float]:
    """Each verdict as a share, with the number of questions and how often the right entry came first."""
    counted: dict[str, float] = {verdict: share([got.verdict == verdict for got in answers]) for verdict in VERDICTS}
    first = share([got.place == 0 for got in answers])
    five = share([got.place is not None for got in answers])
    return {"n": len(answers), "first": first, "among five": five, **counted}


def _verdict(outcome: str, place: int | None) -> Verdict:
    if outcome == "refuse":
        return "refused"
    if outcome == "answer":
        return "right" if place == 0 else "wrong"
    return "offered" if place is not None and place < OFFERED else "asked in vain"


def share(which: Sequence[bool]) -> float:
    """The share that holds, 0 of nothing."""
    return round(sum(which) / len(which), 4) if which else 0.0
