"""Figures of each day, counted ahead so that pages only add them up; they name no citizen and outlive conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import Date, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base

Key = tuple[str, str, str]


class DailyFigureRow(Base):
    """How often something happened on a day in Vietnam: `name` says what, `part` of which sort, e.g. an entry's id."""

    __tablename__ = "daily_figures"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    part: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class CountedDayRow(Base):
    """When a day was last counted."""

    __tablename__ = "counted_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    counted_at: Mapped[datetime]


def keep(session: Session, day: date, figures: Mapping[Key, int], at: datetime) -> None:
    """Put the figures of a day, by name, channel and part, in place of those counted before."""
    counted = session.get(CountedDayRow, day, with_for_update=True)
    if counted is None:
        session.add(CountedDayRow(day=day, counted_at=at))
    else:
        counted.counted_at = at
    session.flush()
    session.execute(delete(DailyFigureRow).where(DailyFigureRow.day == day))
    session.add_all(
        DailyFigureRow(day=day, name=name, channel=channel, part=part, value=value)
        for (name, channel, part), value in figures.items()
    )


def counted(session: Session) -> dict[date, datetime]:
    """The days that were counted, and when."""
    return {row.day: row.counted_at for row in session.scalars(select(CountedDayRow))}


def total(session: Session, first: date, last: date) -> Counter[Key]:
    """The figures of the days from `first` to `last`, both included, added up by name, channel and part."""
    row = DailyFigureRow
    query = select(row.name, row.channel, row.part, func.sum(row.value)).where(row.day.between(first, last))
    rows = session.execute(query.group_by(row.name, row.channel, row.part))
    return Counter({(name, channel, part): int(value) for name, channel, part, value in rows})


def by_day(session: Session, first: date, last: date, names: Collection[str]) -> Counter[tuple[date, Key]]:
    """Figures of some names, day by day."""
    row = DailyFigureRow
    query = select(row).where(row.day.between(first, last), row.name.in_(names))
    return Counter({(f.day, (f.name, f.channel, f.part)): f.value for f in session.scalars(query)})
