"""The page of figures, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse

from console.accounts import Staff
from console.numbers import Numbers, count
from console.pages import Console, ConsoleRoute
from store.base import now

KEPT = timedelta(minutes=5)
Days = Annotated[int, Query(ge=1, le=366)]


def number_router(console: Console) -> APIRouter:
    """Figures for everybody who is signed in; they name no citizen."""
    router = APIRouter(route_class=ConsoleRoute)
    somebody = Depends(console.may("numbers"))
    kept: dict[int, tuple[datetime, Numbers]] = {}

    def counted(days: int) -> Numbers:
        """The figures of the last days, counted at most every five minutes."""
        if days not in kept or kept[days][0] < now() - KEPT:
            kept[days] = now(), _count(console, days)
        return kept[days][1]

    @router.get("/console/numbers")
    def page(days: Days = 30, staff: Staff = somebody) -> HTMLResponse:
        """The figures of the last days."""
        known = console.knowledge.entries if console.knowledge.snapshot else {}
        titles = {id_: entry.title for id_, entry in known.items()}
        reviewed = sum(entry.review == "officer" for entry in known.values())
        return console.page(staff, "numbers.html", numbers=counted(days), days=days, titles=titles, reviewed=reviewed)

    @router.get("/console/numbers.csv")
    def table(days: Days = 30, staff: Staff = somebody) -> Response:
        """The same figures as lines of name, part and value."""
        written = io.StringIO()
        csv.writer(written).writerows([("figure", "part", "value"), *_lines(counted(days))])
        headers = {"Content-Disposition": f"attachment; filename=motcua-{days}.csv", "Cache-Control": "no-store"}
        return Response("\ufeff" + written.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")

    return router


def _count(console: Console, days: int) -> Numbers:
    end = now()
    with console.database.read() as session:
        return count(session, end - timedelta(days=days), end)


def _lines(numbers: Numbers) -> Iterator[tuple[str, Any, Any]]:
    for name, value in asdict(numbers).items():
        if isinstance(value, dict):
            yield from ((name, part, figure) for part, figure in value.items())
        elif isinstance(value, list):
            for entry, answered, wrong in value:
                yield (f"{name} answered", entry, answered)
                yield (f"{name} wrong", entry, wrong)
        else:
            yield (name, "", "" if value is None else value)
