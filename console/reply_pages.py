"""Canned replies: everybody at the desk sees them, supervisors write them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from bot.privacy import mask
from console import audit
from console.accounts import Staff
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from store import canned
from store.base import now
from store.canned import CannedReplyRow

Form = Annotated[FormData, Depends(posted)]
REPLIES = "/console/replies"
LONGEST_TITLE, LONGEST = 80, 1500


def reply_router(console: Console) -> APIRouter:
    """The page of canned replies."""
    router = APIRouter(route_class=ConsoleRoute)
    agent, writer = Depends(console.may("desk")), Depends(console.may("replies"))

    @router.get(REPLIES)
    def page(done: str | None = None, staff: Staff = agent) -> HTMLResponse:
        """All of them."""
        return _page(console, staff, done=done)

    @router.post(REPLIES)
    def add(sent: Form, staff: Staff = writer) -> Response:
        """A new one."""
        return _put(console, staff, sent, None)

    @router.post(REPLIES + "/{number}")
    def change(number: int, sent: Form, staff: Staff = writer) -> Response:
        """Another wording."""
        return _put(console, staff, sent, number)

    @router.post(REPLIES + "/{number}/remove")
    def remove(number: int, staff: Staff = writer) -> Response:
        """Away with it."""
        with console.database.write() as session:
            row = session.get(CannedReplyRow, number)
            if row is None:
                raise Refused(404)
            session.delete(row)
            audit.note(session, staff.name, "removed a canned reply", row.title)
        return see(REPLIES, "saved")

    return router


def _put(console: Console, staff: Staff, sent: FormData, number: int | None) -> Response:
    title, text = text_of(sent, "title", LONGEST_TITLE), text_of(sent, "text", LONGEST)
    if not (title and text):
        return _page(console, staff, 422, error="Cần cả tên gọi và câu trả lời.")
    if mask(text, lambda kind, value: 0) != text:
        return _page(console, staff, 422, error="Câu trả lời soạn sẵn không được chứa thông tin cá nhân.")
    with console.database.write() as session:
        row = session.get(CannedReplyRow, number) if number is not None else CannedReplyRow()
        if row is None:
            raise Refused(404)
        row.title, row.text, row.by, row.changed_at = title, text, staff.name, now()
        session.add(row)
        audit.note(session, staff.name, "wrote a canned reply", title)
    return see(REPLIES, "saved")


def _page(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        rows = canned.every(session)
    return console.page(staff, "replies.html", status, replies=rows, **({"done": None, "error": None} | more))
