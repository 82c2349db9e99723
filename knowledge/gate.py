"""The regression gate: every entry's example questions must still find it in a new snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.snapshot import Snapshot
from knowledge.vector_cache import VectorCache

FOUND_WITHIN = 3
Asked = tuple[str, str]


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
    found = _found(new, [(entry.id, asked) for entry in new.entries.values() for asked in entry.examples], cache)
    later = [key for key, ids in found.items() if ids[0] != key[0]]
    known = [(entry, asked) for entry, asked in later if old and asked in _examples(old, entry)]
    before = _found(old, known, cache) if old else {}
    broken = [key for key in later if key[0] not in found[key] or (key in before and before[key][0] == key[0])]
    return [Broken(question, entry, found[entry, question][0]) for entry, question in broken]


def _examples(snapshot: Snapshot, entry: str) -> tuple[str, ...]:
    known = snapshot.entries.get(entry)
    return known.examples if known else ()


def _found(snapshot: Snapshot, asked: list[Asked], cache: VectorCache) -> dict[Asked, list[str]]:
    """What questions find in a snapshot, best first; their vectors are remembered from one publish to the next."""
    retriever = snapshot.retriever
    texts = [retriever.read(question) for _, question in asked]
    vectors = cache.encode("query", texts)
    return {
        key: retriever.best(text, vector, FOUND_WITHIN) for key, text, vector in zip(asked, texts, vectors, strict=True)
    }
