"""Figures about the service over a period, the bad ones beside the good ones.

Containment, the share of contacts in which no person was asked for, is shown only beside the share of citizens who
were back within 72 hours, which counts as a failure. Who is back is known where a channel knows people (Zalo, phone).
docs/figures.md says how each is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import figures
from store.contacts import FAILED
from store.figures import CountedDayRow, Key

SERVICE_MINUTES = 5
TOP = 20
OUTCOMES = ("answered", "clarified", "refused", "handed_over", "abandoned", "wrong", "other")


@dataclass(frozen=True, slots=True)
class EntryFigures:
    """One entry: how often it answered, was disliked by citizens, corrected by staff, and led to a person."""

    id: str
    answered: int
    disliked: int
    corrected: int
    person: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was counted from `first` to `last`. Shares are between 0 and 1, None when there was nothing to count.

    by_key: the figures of the channel that was asked for, by name and part. days: contacts of each day and how many of
    them failed.
    """

    first: date
    last: date
    counted_at: datetime | None
    by_key: Counter[tuple[str, str]]
    days: Mapping[date, tuple[int, int]] = field(default_factory=dict)

    def parts(self, name: str) -> dict[str, int]:
        """The figures of a name by part, the largest first."""
        found = {part: value for (key, part), value in self.by_key.items() if key == name and value}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def sum(self, name: str) -> int:
        """All parts of a name together."""
        return sum(value for (key, _), value in self.by_key.items() if key == name)

    @property
    def outcomes(self) -> dict[str, int]:
        """Contacts by how they ended."""
        return {outcome: self.by_key["outcome", outcome] for outcome in OUTCOMES}

    @property
    def hours(self) -> dict[int, int]:
        """Citizens' messages by hour of the day in Vietnam."""
        return {hour: self.by_key["hour", f"{hour:02}"] for hour in range(24)}

    @property
    def failed(self) -> float | None:
        """The share of contacts that failed: by how they ended, or as the same citizen was back within 72 hours."""
        by_outcome = sum(self.by_key["outcome", outcome] for outcome in FAILED)
        return share(by_outcome + self.sum("returned"), self.sum("contact"))

    @property
    def contained(self) -> float | None:
        """The share of contacts in which no person was asked for; None where nobody knows who was back."""
        return None if self.back is None else share(self.sum("contained"), self.sum("contact"))

    @property
    def back(self) -> float | None:
        """The share of contacts after which the same citizen was back within 72 hours."""
        return share(self.sum("back"), self.sum("known"))

    @property
    def satisfaction(self) -> float | None:
        """The mean of citizens' scores from 1 to 5."""
        scores = {int(score): number for score, number in self.parts("score").items()}
        return share(sum(score * number for score, number in scores.items()), sum(scores.values()))

    @property
    def service_level(self) -> float | None:
        """The share of all who asked for a person and had one within `SERVICE_MINUTES`."""
        waits = self._waits()
        soon = sum(number for minutes, number in waits.items() if minutes < SERVICE_MINUTES)
        return share(soon, sum(waits.values()) + self.sum("untaken"))

    def waited(self, portion: float) -> int | None:
        """Whole minutes within which that portion of those who got a person had one."""
        waits = self._waits()
        due = portion * sum(waits.values())
        reached = 0
        for minutes in sorted(waits):
            reached += waits[minutes]
            if reached >= due:
                return minutes
        return None

    @property
    def kept(self) -> float | None:
        """The share of promised times that were kept."""
        return share(self.by_key["promise", "kept"], self.sum("promise"))

    @property
    def entries(self) -> list[EntryFigures]:
        """Every entry that answered or failed, the most answered first."""
        answered, disliked = self.parts("entry"), self.parts("disliked")
        corrected, person = self.parts("corrected"), self.parts("entry_person")
        ids = {id_ for part in (answered, disliked, corrected, person) for id_ in part if id_}
        rows = (
            EntryFigures(id_, *(part.get(id_, 0) for part in (answered, disliked, corrected, person))) for id_ in ids
        )
        return sorted(rows, key=lambda row: (-row.answered, row.id))

    @property
    def call_steps(self) -> list[tuple[str, int, int]]:
        """Steps of the telephone menu: how many calls reached each, and how many were given up there."""
        left = self.parts("call_left")
        reached = self.parts("call_reached")
        states = dict.fromkeys([*reached, *left])
        return [(state, max(reached.get(state, 0), left.get(state, 0)), left.get(state, 0)) for state in states]

    def _waits(self) -> dict[int, int]:
        return {int(minutes): number for minutes, number in self.parts("wait").items()}


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of the days from `first` to `last`, both included, of all channels; days: of each day apart."""

    first: date
    last: date
    counted_at: datetime | None
    counted: Counter[Key]
    days: Counter[tuple[date, Key]]

    def of(self, channel: str | None = None) -> Numbers:
        """The figures of one channel, or of all together."""
        by_key: Counter[tuple[str, str]] = Counter()
        for (name, of, part), value in self.counted.items():
            if channel in (None, "", of):
                by_key[name, part] += value
        return Numbers(self.first, self.last, self.counted_at, by_key, self._days(channel))

    def _days(self, channel: str | None) -> dict[date, tuple[int, int]]:
        contacts: Counter[date] = Counter()
        failed: Counter[date] = Counter()
        for (day, (name, of, part)), value in self.days.items():
            if channel in (None, "", of):
                contacts[day] += value if name == "contact" else 0
                failed[day] += value if name == "returned" or part in FAILED else 0
        days = (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))
        return {day: (contacts[day], failed[day]) for day in days}


def read(session: Session, first: date, last: date) -> Period:
    """The figures of a period."""
    at = session.scalar(select(func.max(CountedDayRow.counted_at)).where(CountedDayRow.day.between(first, last)))
    days = figures.by_day(session, first, last, ("contact", "outcome", "returned"))
    return Period(first, last, at, figures.total(session, first, last), days)


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`; None of nothing."""
    return part / whole if whole else None
