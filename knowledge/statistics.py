"""Counts over the entries: what they cover, how old they are, who reviewed them, what is empty."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knowledge.entry import Faq, Procedure

_AGES = ((90, "dưới 3 tháng"), (180, "3 đến 6 tháng"), (365, "6 đến 12 tháng"))
_TEXTS = ("summary", "who", "conditions", "result", "deadline", "decision")
_LISTS = ("documents", "steps", "forms", "legal_basis", "common_names", "examples", "sources")


@dataclass(frozen=True, slots=True)
class Statistics:
    """Entries by origin, level, field, review, age and confidence, and procedures by empty field; most first."""

    origin: dict[str, int]
    level: dict[str, int]
    field: dict[str, int]
    review: dict[str, int]
    age: dict[str, int]
    confidence: dict[str, int]
    empty: dict[str, int]

    def as_dict(self) -> dict[str, dict[str, int]]:
        """The counts by name."""
        return dataclasses.asdict(self)


def statistics(entries: Iterable[Procedure | Faq], today: date) -> Statistics:
    """The counts over `entries`; an age is that of the latest day a source was checked."""
    entries = list(entries)
    procedures = [entry for entry in entries if isinstance(entry, Procedure)]
    return Statistics(
        origin=_counted(e.origin if isinstance(e, Procedure) else "faq" for e in entries),
        level=_counted(e.place.level for e in procedures),
        field=_counted(e.field for e in procedures),
        review=_counted(e.review for e in entries),
        age=_counted(_age(e.checked_at, today) for e in entries),
        confidence=_counted(e.confidence for e in entries),
        empty=_counted(name for e in procedures for name in empty_fields(e)),
    )


def empty_fields(entry: Procedure) -> list[str]:
    """The fields of which nothing is known."""
    empty = [name for name in (*_TEXTS, *_LISTS) if not getattr(entry, name)]
    unknown = {
        "fee": entry.fee.kind == "unknown",
        "time": entry.time.number is None and entry.time.rule is None,
        "place": entry.place.level == "unknown",
        "online": entry.online.level == "unknown",
    }
    return empty + [name for name, missing in unknown.items() if missing]


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _age(checked: date | None, today: date) -> str:
    if checked is None:
        return "chưa rõ"
    days = (today - checked).days
    return next((name for limit, name in _AGES if days < limit), "trên 12 tháng")
