"""Vietnam's working days: Monday to Friday, without public holidays and the days off moved for them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("VN")


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`."""
    return day.weekday() < 5 and day not in _calendar()


def first_working_day(day: date) -> date:
    """`day`, or the next working day when it is a day off (Civil Code 91/2015/QH13, article 148.5, unverified)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def last_working_day(day: date) -> date:
    """`day`, or the working day before it when it is a day off."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_days_after(start: date, end: date) -> int:
    """How many working days come after `start` up to and including `end`; 0 when `end` is not later."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
