"""Open data: what the service did each month, for everybody, as a page, JSON and CSV.

No figure can point at a person: counts below `SMALLEST` are left out, together with another one where the missing
count could be worked out from the total; shares are given in whole percent and only of `ENOUGH` or more.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.client_address import client_address
from bot.limits import Limit
from console import numbers
from console.months import month_of, months_ago, today
from console.numbers import Numbers
from console.pages import Console, ConsoleRoute, Refused

SMALLEST = 10
ENOUGH = 100
MONTHS = 12
SETTLED_DAYS = 9
PER_ADDRESS = Limit(60, 60)
GROUPS = {
    "outcomes": "outcome", "answers": "status", "entries": "entry", "communes": "commune", "requests": "ticket",
    "calls": "call_outcome", "hours": "hour",
}  # fmt: skip
OF_EACH_CHANNEL = ("contained_percent", "back_within_72_hours_percent")
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
}
Month = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]


def open_data_router(console: Console) -> APIRouter:
    """Pages and files for everybody."""
    router = APIRouter(route_class=ConsoleRoute)

    async def read(request: Request, month: str) -> dict[str, Any]:
        if await console.limiter.retry_after(f"open-data:{client_address(request)}", PER_ADDRESS):
            raise Refused(429)
        return _month(console, month)

    @router.get("/open-data")
    def page() -> HTMLResponse:
        """What is published, and how it was counted."""
        return console.page(None, "open_data.html", months=_published(), smallest=SMALLEST, enough=ENOUGH)

    @router.get("/open-data/{month}.json")
    async def as_json(request: Request, month: Month) -> JSONResponse:
        """A month as JSON."""
        return JSONResponse(await read(request, month), headers=_HEADERS)

    @router.get("/open-data/{month}.csv")
    async def as_csv(request: Request, month: Month) -> Response:
        """A month as lines of group, name and value."""
        return Response(_csv(await read(request, month)), headers=_HEADERS, media_type="text/csv; charset=utf-8")

    return router


def figures_of(found: Numbers) -> dict[str, Any]:
    """The figures of a period as they may be published; None for what is left out."""
    contacts = found.sum("contact")
    back = _percent(found.back, found.sum("known"))
    return {
        "contacts": contacts if contacts >= SMALLEST else None,
        "contained_percent": None if back is None else _percent(found.contained, contacts),
        "back_within_72_hours_percent": back,
        "person_within_5_minutes_percent": _percent(found.service_level, found.sum("wait") + found.sum("untaken")),
        "satisfaction_of_5": round(found.satisfaction or 0, 1) if found.sum("score") >= ENOUGH else None,
        **{group: suppressed(found.parts(name)) for group, name in GROUPS.items()},
    }


def suppressed(parts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts by part without the small ones; a single missing one takes the next smallest with it."""
    kept: dict[str, int | None] = {part: value if value >= SMALLEST else None for part, value in parts.items()}
    large = {part: value for part, value in kept.items() if value is not None}
    if len(kept) - len(large) == 1 and large:
        kept[min(large, key=lambda part: large[part])] = None
    return dict(sorted(kept.items()))


def _published() -> list[date]:
    """The first days of the months that are over and settled, the newest first."""
    months = (months_ago(ago) for ago in range(1, MONTHS + 2))
    return [m for m in months if month_of(f"{m:%Y-%m}")[1] + timedelta(days=SETTLED_DAYS) <= today()][:MONTHS]


def _month(console: Console, month: str) -> dict[str, Any]:
    first, last = month_of(month)
    if first not in _published():
        raise Refused(404, "Tháng này chưa hoặc không còn được công bố.")
    with console.database.read() as session:
        period = numbers.read(session, first, last)
    channels = {channel: figures_of(period.of(channel)) for channel in ("web", "zalo", "phone")}
    return {
        "province": console.profile.name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "left_out_below": SMALLEST,
        "all": figures_of(period.of()),
        "channels": {channel: {name: told[name] for name in OF_EACH_CHANNEL} for channel, told in channels.items()},
    }


def _percent(value: float | None, whole: int) -> int | None:
    return round(value * 100) if value is not None and whole >= ENOUGH else None


def _csv(month: Mapping[str, Any]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(("group", "name", "value"))
    for name, value in month["all"].items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        writer.writerows((name, part, "" if figure is None else figure) for part, figure in rows)
    return "\ufeff" + written.getvalue()
