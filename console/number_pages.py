"""The page of figures, the same as spreadsheets, and the monthly report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse

from console import catalogue, charts, figure_words, numbers, wording, workbook
from console.accounts import Staff
from console.catalogue import Catalogue
from console.months import last_days, month_of, months_ago, today
from console.numbers import TOP, Numbers, Period
from console.pages import Console, ConsoleRoute
from knowledge.answer import Entries
from store.contacts import FAILED

Days = Annotated[int, Query(ge=1, le=366)]
Channel = Annotated[Literal["", "web", "zalo", "phone"], Query()]
Month = Annotated[str, Query(pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$")]
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def number_router(console: Console) -> APIRouter:
    """Figures for everybody who is signed in; they name no citizen."""
    router = APIRouter(route_class=ConsoleRoute)
    somebody = Depends(console.may("numbers"))

    @router.get("/console/numbers")
    def page(days: Days = 30, channel: Channel = "", staff: Staff = somebody) -> HTMLResponse:
        """The figures of the last days."""
        period = _read(console, *last_days(days))
        shown = _shown(console, period, channel)
        return console.page(staff, "numbers.html", days=days, channel=channel, **shown)

    @router.get("/console/numbers.{form}")
    def table(
        form: Literal["csv", "xlsx"], days: Days = 30, channel: Channel = "", staff: Staff = somebody
    ) -> Response:
        """The same figures as a spreadsheet."""
        period = _read(console, *last_days(days))
        return _file(console, period, channel, form, f"motcua-{period.first}-{period.last}")

    @router.get("/console/report")
    def report(month: Month = "", staff: Staff = somebody) -> HTMLResponse:
        """A month for the operations centre, to be printed; last month unless another is named."""
        chosen = month or f"{months_ago(1):%Y-%m}"
        period = _read(console, *month_of(chosen))
        before = _read(console, *month_of(f"{period.first - timedelta(days=1):%Y-%m}"))
        shown = _shown(console, period, "")
        return console.page(
            staff, "report.html", month=chosen, before=before.of(), months=[months_ago(n) for n in range(13)], **shown
        )

    return router


def _read(console: Console, first: date, last: date) -> Period:
    with console.database.read() as session:
        return numbers.read(session, first, last)


def _entries(console: Console) -> Entries:
    return console.knowledge.entries if console.knowledge.snapshot else {}


def _catalogue(console: Console, found: Numbers) -> Catalogue:
    return catalogue.describe(_entries(console), found.parts("entry"), today())


def _shown(console: Console, period: Period, channel: str) -> dict[str, Any]:
    """What both pages show of a period."""
    found = period.of(channel)
    entries = _entries(console)
    return {
        "numbers": found,
        "channels": workbook.channels(period),
        "titles": {row.id: entries[row.id].title for row in found.entries[:TOP] if row.id in entries},
        "catalogue": _catalogue(console, found),
        "charts": _charts(found),
        "outcomes": figure_words.OUTCOMES,
        "call_outcomes": figure_words.CALL_OUTCOMES,
        "call_steps": [(figure_words.CALL_STEPS.get(step, step), *counts) for step, *counts in found.call_steps],
        "top": TOP,
    }


def _charts(found: Numbers) -> dict[str, Any]:
    names, words = figure_words.OUTCOMES, wording.STATUSES
    failed = [names[outcome] for outcome in FAILED]
    lost = [words["unanswered"], words["unavailable"]]
    return {
        "days": charts.days("Lượt liên hệ từng ngày", found.days),
        "outcomes": charts.bars("Kết cục", {names[key]: n for key, n in found.outcomes.items()}, bad=failed),
        "statuses": charts.bars(
            "Kết quả từng câu", {words.get(key, key): n for key, n in found.parts("status").items()}, bad=lost
        ),
        "hours": charts.columns("Tin nhắn theo giờ", {f"{hour}h": n for hour, n in found.hours.items()}),
    }


def _file(console: Console, period: Period, channel: str, form: str, name: str) -> Response:
    titles = {id_: entry.title for id_, entry in _entries(console).items()}
    made = workbook.tables(period, channel, titles, _catalogue(console, period.of(channel)))
    content = workbook.as_csv(made) if form == "csv" else workbook.as_xlsx(made)
    headers = {"Content-Disposition": f"attachment; filename={name}.{form}", "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=_TYPES[form])
