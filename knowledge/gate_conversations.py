"""The part of the regression gate that asks what citizens say in conversation tests marked `gate: true`.

A publication changes what is found, not how the dialogue goes on; so of each turn its question is asked, and what the
old snapshot decided rightly the new one must decide the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.retriever import Retrieval
from knowledge.snapshot import Snapshot
from knowledge.text_file import read_yaml

FOLDER = Path(__file__).parents[1] / "tests" / "conversations"
OFFERED = 3
REFUSED = ("out_of_scope", "unanswered")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a turn of a conversation must come to. answer: an entry; choices: entries; neither: to be refused."""

    conversation: str
    question: str
    answer: str | None
    choices: frozenset[str]

    def is_met(self, found: Retrieval) -> bool:
        """Whether a snapshot decides as expected."""
        ids = [candidate.entry for candidate in found.candidates]
        if self.answer:
            return found.outcome == "answer" and ids[:1] == [self.answer]
        if self.choices:
            return found.outcome == "clarify" and self.choices <= set(ids[:OFFERED])
        return found.outcome == "refuse"


def expectations(folder: Path = FOLDER) -> Iterator[Expected]:
    """The turns of all conversations marked as gates that a publication can break."""
    for file in sorted(folder.glob("*.yml")):
        for conversation in read_yaml(file):
            if conversation.get("gate"):
                yield from (_expected(conversation, turn) for turn in conversation["turns"] if _is_asked(turn))


def broken_turns(new: Snapshot, old: Snapshot, folder: Path = FOLDER) -> list[tuple[Expected, str]]:
    """The turns that the old snapshot decided rightly and the new one does not, with what it finds first."""
    broken = []
    for expected in expectations(folder):
        found = new.retriever.search(expected.question)
        if not expected.is_met(found) and expected.is_met(old.retriever.search(expected.question)):
            broken.append((expected, found.candidates[0].entry if found.candidates else ""))
    return broken


def _is_asked(turn: dict[str, Any]) -> bool:
    asks = turn.keys() & {"answer", "choices"} or turn.get("status") in REFUSED
    return "citizen" in turn and bool(asks)


def _expected(conversation: dict[str, Any], turn: dict[str, Any]) -> Expected:
    return Expected(
        str(conversation["conversation"]), str(turn["citizen"]), turn.get("answer"), frozenset(turn.get("choices", ()))
    )
