"""What the catalogue covers, and how fresh it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.entry import Faq, Procedure

AGES = ((30, "Dưới 1 tháng"), (90, "1 đến 3 tháng"), (180, "3 đến 6 tháng"), (365, "6 đến 12 tháng"))
OLDER, UNKNOWN = "Trên 1 năm", "Chưa rõ ngày"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is live. reviewed: entries an officer approved. asked: entries that answered in the period.

    ages: entries by the time since their sources were last checked. unasked: ids and titles of some that nobody met.
    """

    entries: int
    procedures: int
    reviewed: int
    asked: int
    ages: dict[str, int]
    unasked: list[tuple[str, str]]


def describe(entries: Mapping[str, Procedure | Faq], asked: Collection[str], today: date, shown: int = 20) -> Catalogue:
    """The live entries, of which those in `asked` answered somebody."""
    ages = dict.fromkeys((*(name for _, name in AGES), OLDER, UNKNOWN), 0)
    for entry in entries.values():
        ages[_age(entry.checked_at, today)] += 1
    quiet = sorted((entry.title, id_) for id_, entry in entries.items() if id_ not in asked)
    return Catalogue(
        entries=len(entries),
        procedures=sum(isinstance(entry, Procedure) for entry in entries.values()),
        reviewed=sum(entry.review == "officer" for entry in entries.values()),
        asked=len(entries) - len(quiet),
        ages=ages,
        unasked=[(id_, title) for title, id_ in quiet[:shown]],
    )


def _age(checked_at: date | None, today: date) -> str:
    if checked_at is None:
        return UNKNOWN
    days = (today - checked_at).days
    return next((name for most, name in AGES if days <= most), OLDER)
