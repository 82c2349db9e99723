"""The regression gate: every entry's example questions must still find it in a new snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.snapshot import Snapshot
from knowledge.vector_cache import VectorCache

FOUND_WITHIN = 3


@dataclass(frozen=True, slots=True)
class Broken:
    """A known question that the new snapshot answers worse. entry: whose question. instead: what it finds first."""

    question: str
    entry: str
    instead: str

    def __str__(self) -> str:
        return f"{self.entry}: “{self.question}” → {self.instead}"


def regressions(new: Snapshot, old: Snapshot | None, cache: VectorCache) -> list[Broken]:
    """The questions that break.

    A question that the old snapshot put first must stay first; any other must be within the first three.
    """
    first_before = _first(old, cache) if old else {}
    broken = []
    for (entry, question), found in _found(new, cache).items():
        allowed = 1 if first_before.get((entry, question)) == entry else FOUND_WITHIN
        if entry not in found[:allowed]:
            broken.append(Broken(question, entry, found[0]))
    return broken


def _first(snapshot: Snapshot, cache: VectorCache) -> dict[tuple[str, str], str]:
    return {asked: found[0] for asked, found in _found(snapshot, cache).items()}


def _found(snapshot: Snapshot, cache: VectorCache) -> dict[tuple[str, str], list[str]]:
    """What every example question of a snapshot finds, best first; vectors are remembered from one time to the next."""
    retriever = snapshot.retriever
    asked = [(entry.id, question) for entry in snapshot.entries.values() for question in entry.examples]
    texts = [retriever.read(question) for _, question in asked]
    vectors = cache.encode("query", texts)
    return {
        key: retriever.best(text, vector, FOUND_WITHIN) for key, text, vector in zip(asked, texts, vectors, strict=True)
    }
