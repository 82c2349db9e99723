"""The regression gate: every entry's example questions must still find it in a new snapshot."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.snapshot import Snapshot

FOUND_WITHIN = 3


@dataclass(frozen=True, slots=True)
class Broken:
    """A known question that the new snapshot answers worse. entry: whose question. instead: what it finds first."""

    question: str
    entry: str
    instead: str

    def __str__(self) -> str:
        return f"{self.entry}: “{self.question}” → {self.instead}"


def regressions(new: Snapshot, old: Snapshot | None) -> list[Broken]:
    """The questions that break.

    A question that the old snapshot put first must stay first; any other must be within the first three.
    """
    broken = []
    for entry in new.entries.values():
        for question in entry.examples:
            found = _found(new, question)
            allowed = 1 if old is not None and _was_first(old, entry.id, question) else FOUND_WITHIN
            if entry.id not in found[:allowed]:
                broken.append(Broken(question, entry.id, found[0]))
    return broken


def _was_first(old: Snapshot, entry: str, question: str) -> bool:
    known = old.entries.get(entry)
    return known is not None and question in known.examples and _found(old, question)[0] == entry


def _found(snapshot: Snapshot, question: str) -> list[str]:
    return [candidate.entry for candidate in snapshot.retriever.search(question, FOUND_WITHIN).candidates]
