"""Days and months of figures, as the calendar of Vietnam has them."""

from __future__ import annotations

from datetime import date, timedelta

from knowledge.province import ZONE
from store.base import now


def today() -> date:
    """The day it is in Vietnam."""
    return now().astimezone(ZONE).date()


def last_days(days: int) -> tuple[date, date]:
    """The first and the last of so many days, today included."""
    return today() - timedelta(days=days - 1), today()


def month_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month such as ``2026-11``."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_ago(number: int) -> date:
    """The first day of the month so many months before this one."""
    months = today().year * 12 + today().month - 1 - number
    return date(months // 12, months % 12 + 1, 1)
