"""What waits for a second person: many reviewed revisions at once, in one publication."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import drafts, entry_lists
from console.accounts import Staff
from console.comparison import compare
from console.drafts import DraftError
from console.entry_lists import Listed
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.wording import field_name
from knowledge.publish import PublicationRefusedError

Form = Annotated[FormData, Depends(posted)]
REVIEW = "/console/entries/review"
MOST = 100
_NEVER_SHOWN = ("origin", "review")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the page. changed: names of the fields that differ from the live revision; empty for a new entry."""

    entry: Listed
    number: int
    changed: tuple[str, ...]
    own: bool


def review_router(console: Console) -> APIRouter:
    """The page of those who publish."""
    router = APIRouter(route_class=ConsoleRoute)
    publisher = Depends(console.may("entries.publish"))

    @router.get(REVIEW)
    def waiting(every: bool = False, page: int = 1, done: str | None = None, staff: Staff = publisher) -> HTMLResponse:
        """What is under review; `every` chooses all of the page."""
        return _page(console, staff, every=every, page=max(page, 1), done=done)

    @router.post(REVIEW)
    def publish(sent: Form, staff: Staff = publisher) -> Response:
        """One publication of all that was chosen, or none of it and the reason."""
        wanted = [_chosen(str(value)) for value in sent.getlist("revision")[:MOST]]
        if not wanted:
            return _page(console, staff, 422, error="Chưa chọn mục nào.")
        try:
            drafts.publish_reviewed(
                console.press, console.checks, staff, wanted, checked=bool(text_of(sent, "checked"))
            )
        except DraftError as error:
            return _page(console, staff, 409, error=f"Không xuất bản mục nào. {error}")
        except PublicationRefusedError as refused:
            sentence = "Không xuất bản mục nào: các câu hỏi dưới đây sẽ bị trả lời sai."
            return _page(console, staff, 409, error=sentence, broken=refused.broken)
        except LookupError:
            return _page(console, staff, 409, error="Có bản khác vừa xuất bản. Hãy bấm lại.")
        return see(REVIEW, "published_all")

    return router


def _chosen(value: str) -> tuple[str, int]:
    entry_id, _, number = value.rpartition(":")
    if not number.isdecimal():
        raise Refused(422)
    return entry_id, int(number)


def _page(console: Console, staff: Staff, status: int = 200, page: int = 1, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        entries, count = entry_lists.under_review(session, page)
        lines = [_line(session, staff, entry) for entry in entries]
    pages = max(1, math.ceil(count / entry_lists.PAGE))
    values: dict[str, Any] = {"done": None, "error": None, "broken": (), "every": False} | more
    return console.page(staff, "review.html", status, lines=lines, count=count, number=page, pages=pages, **values)


def _line(session: Session, staff: Staff, entry: Listed) -> Waiting:
    newest = drafts.newest(session, entry.id)
    if newest is None:
        raise Refused(404)
    changed: tuple[str, ...] = ()
    if entry.live is not None:
        live = drafts.revision(session, entry.id, entry.live)
        changed = tuple(
            field_name(one.field) for one in compare(live.content, newest.content) if one.field not in _NEVER_SHOWN
        )
    return Waiting(entry, newest.number, changed, own=newest.author == staff.name)
