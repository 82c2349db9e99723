"""Figures of each day, counted ahead so that pages only add them up; they name no citizen and outlive conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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


def total(
    session: Session, first: date, last: date, channel: str | None = None, without: Iterable[str] = ()
) -> Counter[tuple[str, str]]:
    """The figures of the days from `first` to `last`, both included, added up by name and part."""
    row = DailyFigureRow
    query = select(row.name, row.part, func.sum(row.value)).where(row.day.between(first, last))
    query = query.where(row.name.not_in(list(without))).group_by(row.name, row.part)
    if channel:
        query = query.where(row.channel == channel)
    return Counter({(name, part): int(value) for name, part, value in session.execute(query)})


def by_channel(session: Session, first: date, last: date, names: Iterable[str]) -> Counter[Key]:
    """Figures of some names, by name, channel and part."""
    row = DailyFigureRow
    query = select(row.name, row.channel, row.part, func.sum(row.value)).where(row.day.between(first, last))
    query = query.where(row.name.in_(list(names))).group_by(row.name, row.channel, row.part)
    return Counter({(name, channel, part): int(value) for name, channel, part, value in session.execute(query)})


def by_day(
    session: Session, first: date, last: date, names: Iterable[str], channel: str | None = None
) -> Counter[tuple[date, str, str]]:
    """Figures of some names, by day, name and part."""
    row = DailyFigureRow
    query = select(row.day, row.name, row.part, func.sum(row.value)).where(row.day.between(first, last))
    query = query.where(row.name.in_(list(names))).group_by(row.day, row.name, row.part)
    if channel:
        query = query.where(row.channel == channel)
    return Counter({(day, name, part): int(value) for day, name, part, value in session.execute(query)})
