"""The regression gate: known questions must still find what they found, in a new snapshot.

Known are every entry's example questions, and what citizens say in the conversation tests that are marked as gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.crew import shared_out
from knowledge.encoder import Vectors
from knowledge.gate_conversations import broken_turns
from knowledge.snapshot import Snapshot
from knowledge.training import read
from knowledge.vector_cache import VectorCache

FOUND_WITHIN = 3
Asked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A known question that the new snapshot answers worse.

    entry: whose question it is; empty when it was to be refused. instead: what it finds first. conversation: the test
    that asks it, unless it is an example of the entry.
    """

    question: str
    entry: str
    instead: str
    conversation: str = ""

    def __str__(self) -> str:
        where = f" ({self.conversation})" if self.conversation else ""
        return f"{self.entry}: “{self.question}”{where} → {self.instead}"


def regressions(new: Snapshot, old: Snapshot | None, cache: VectorCache, workers: int = 1) -> list[Broken]:
    """The questions that break. workers: processes that share the work.

    A question that the old snapshot put first must stay first; any other must be within the first three.
    """
    examples = [(entry.id, asked) for entry in new.entries.values() for asked in entry.examples]
    found = _found(new, examples, cache, workers)
    later = [key for key, ids in found.items() if ids[0] != key[0]]
    known = [(entry, asked) for entry, asked in later if old and asked in _examples(old, entry)]
    before = _found(old, known, cache, workers) if old else {}
    broken = [key for key in later if key[0] not in found[key] or (key in before and before[key][0] == key[0])]
    named = [Broken(question, entry, found[entry, question][0]) for entry, question in broken]
    return named + (_in_conversations(new, old) if old else [])


def _in_conversations(new: Snapshot, old: Snapshot) -> list[Broken]:
    return [
        Broken(turn.question, turn.answer or ", ".join(sorted(turn.choices)), instead, turn.conversation)
        for turn, instead in broken_turns(new, old)
    ]


def _examples(snapshot: Snapshot, entry: str) -> tuple[str, ...]:
    known = snapshot.entries.get(entry)
    return known.examples if known else ()


def _found(snapshot: Snapshot, asked: list[Asked], cache: VectorCache, workers: int) -> dict[Asked, list[str]]:
    """What questions find in a snapshot, best first; their vectors are remembered from one publish to the next."""
    retriever = snapshot.retriever

    def work(part: Sequence[tuple[str, Vectors]]) -> list[list[str]]:
        return [retriever.best(text, vector, FOUND_WITHIN) for text, vector in part]

    texts = read(retriever.restorer, [question for _, question in asked], workers)
    vectors = cache.encode("query", texts)
    return dict(zip(asked, shared_out(work, list(zip(texts, vectors, strict=True)), workers), strict=True))
