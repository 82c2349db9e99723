"""The inbox of unanswered questions: each group with the ways to an answer, each way one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import unanswered_list, unanswered_steps
from console.accounts import Staff
from console.drafts import DraftError
from console.intents import INTENTS
from console.pages import Console, ConsoleRoute, posted, see, text_of
from store.unanswered import UnansweredGroupRow

Form = Annotated[FormData, Depends(posted)]
State = Annotated[str, Query(pattern="^(open|closed)$")]
Page = Annotated[int, Query(ge=1, le=1000)]
INBOX = "/console/unanswered"


def unanswered_router(console: Console) -> APIRouter:
    """The pages of those who close gaps."""
    router = APIRouter(route_class=ConsoleRoute)
    reader, editor = Depends(console.may("unanswered")), Depends(console.may("entries.edit"))

    @router.get(INBOX)
    def unanswered(state: State = "open", page: Page = 1, done: str | None = None, staff: Staff = reader) -> Response:
        """What citizens went away with, most people first; or what was closed, the newest first."""
        return show(console, staff, state, page, done=done)

    @router.post(INBOX + "/{group_id}/answer")
    def answer(group_id: int, staff: Staff = editor) -> Response:
        """Begin a new answer and go on to write it."""

        def step(session: Session, group: UnansweredGroupRow) -> str:
            draft = unanswered_steps.begin_answer(session, console.knowledge, staff, group)
            return f"/console/entries/{draft.entry_id}/edit"

        return _after(console, staff, group_id, step)

    @router.post(INBOX + "/{group_id}/example")
    def example(group_id: int, sent: Form, staff: Staff = editor) -> Response:
        """Add the wordings to an entry as example questions."""

        def step(session: Session, group: UnansweredGroupRow) -> str:
            return _entry(unanswered_steps.add_example(session, staff, group, text_of(sent, "entry", 64)).entry_id)

        return _after(console, staff, group_id, step)

    @router.post(INBOX + "/{group_id}/name")
    def name(group_id: int, sent: Form, staff: Staff = editor) -> Response:
        """Add a common name to an entry."""

        def step(session: Session, group: UnansweredGroupRow) -> str:
            entry, called = text_of(sent, "entry", 64), text_of(sent, "name", 200)
            return _entry(unanswered_steps.add_name(session, staff, group, entry, called).entry_id)

        return _after(console, staff, group_id, step)

    @router.post(INBOX + "/{group_id}/close")
    def close(group_id: int, staff: Staff = editor) -> Response:
        """Close a group that needs no answer."""

        def step(session: Session, group: UnansweredGroupRow) -> str:
            unanswered_steps.dismiss(session, staff, group)
            return f"{INBOX}?done=dismissed"

        return _after(console, staff, group_id, step)

    return router


def show(
    console: Console, staff: Staff, state: str = "open", page: int = 1, status: int = 200, **more: str | None
) -> HTMLResponse:
    """The inbox."""
    with console.database.read() as session:
        groups, others = unanswered_list.groups(session, state, page)
    values: dict[str, str | None] = {"done": None, "error": None, **more}
    return console.page(
        staff, "unanswered.html", status, groups=groups, state=state, page=page, more=others, intents=INTENTS, **values
    )  # fmt: skip


def _entry(entry_id: str) -> str:
    return f"/console/entries/{entry_id}?done=added"


def _after(
    console: Console, staff: Staff, group_id: int, step: Callable[[Session, UnansweredGroupRow], str]
) -> Response:
    """On to where a step leads, or the inbox with the reason why it was not possible."""
    try:
        with console.database.write() as session:
            path = step(session, unanswered_steps.find(session, group_id))
    except DraftError as error:
        return show(console, staff, status=409, error=str(error))
    return see(path)
