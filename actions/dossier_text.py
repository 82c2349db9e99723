"""Puts the state of a dossier into words: how it stands, the appointment, what to do next.

Only `Dossier` comes in, so nothing else of a record can be said. "Late" needs a past appointment day and status 2 or 4;
statuses 5 and 6 stop the clock; status 9 says that there is a result, never that something was granted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from actions.backends import Dossier
from actions.working_days import first_working_day, working_days_after
from knowledge.text_file import read_yaml

ShowDay = Callable[[date], str]

RUNNING = (2, 4)
PAUSED = (5, 6)
LONGEST_COUNT = 400


@dataclass(frozen=True, slots=True)
class StatusText:
    """What is written and what is said on the telephone. late: whether the appointment day has been missed."""

    text: str
    spoken: str
    late: bool


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The sentences of `dossier_words.yml`."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("dossier_words.yml"))
    return loaded


def is_late(dossier: Dossier, today: date) -> bool:
    """Whether a running dossier is past its appointment day; one that falls on a day off moves to the next open day."""
    due = dossier.due_on
    return due is not None and dossier.status in RUNNING and first_working_day(due) < today


def describe(dossier: Dossier, title: str | None, today: date) -> StatusText:
    """The text for a dossier that its holder asked about. title: of the procedure; None when it must not be said."""
    late = is_late(dossier, today)
    status = words()["statuses"][dossier.status or "unknown"]
    stage = words()["stages"].get(dossier.stage)
    after = words()["late"]["next"] if late else status["next"]
    written = [
        words()["procedure"].format(title=title) if title else None,
        status["stands"],
        stage,
        _received(dossier),
        _milestone(dossier, late, today, written_day),
        after,
    ]
    said = [status["stands"], stage, _milestone(dossier, late, today, lambda day: spoken_day(day, today)), after]
    return StatusText(_lines(written, "\n"), _lines(said, " "), late)


def written_day(day: date) -> str:
    """A day to read: ``thứ Tư 25/11/2026``."""
    return f"{words()['weekdays'][day.weekday()]} {day:%d/%m/%Y}"


def spoken_day(day: date, today: date) -> str:
    """A day to hear: ``thứ Tư ngày 25 tháng 11``, with the year only when it is not this year."""
    year = "" if day.year == today.year else f" năm {day.year}"
    first_ten = "mùng " if day.day <= 10 else ""
    return f"{words()['weekdays'][day.weekday()]} ngày {first_ten}{day.day} tháng {day.month}{year}"


def _received(dossier: Dossier) -> str | None:
    if dossier.received_on is None or dossier.status == 1:
        return None
    return str(words()["days"]["received"].format(day=written_day(dossier.received_on)))


def _milestone(dossier: Dossier, late: bool, today: date, shown: ShowDay) -> str | None:
    """The one day that matters in this status."""
    if dossier.status in RUNNING:
        return _appointment(dossier.due_on, late, today, shown)
    if dossier.status in PAUSED:
        key, day = "paused", dossier.due_on
    else:
        key, day = {9: ("finished", dossier.finished_on), 10: ("returned", dossier.returned_on)}.get(
            dossier.status or 0, ("", None)
        )
    return str(words()["days"][key].format(day=shown(day))) if day else None


def _appointment(due: date | None, late: bool, today: date, shown: ShowDay) -> str:
    w = words()
    if due is None:
        return str(w["days"]["due_unknown"])
    if late:
        count = working_days_after(first_working_day(due), today) if (today - due).days <= LONGEST_COUNT else 0
        return str(w["late"]["counted" if count else "today"].format(day=shown(due), count=count))
    effective = first_working_day(due)
    if effective != due:
        return str(w["days"]["due_next"].format(day=shown(due), effective=shown(effective)))
    key = "due_today" if due == today else "due"
    return str(w["days"][key].format(day=shown(due), left=working_days_after(today, due)))


def _lines(parts: list[str | None], between: str) -> str:
    return between.join(part for part in parts if part)
