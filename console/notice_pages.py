"""What all citizens are told: an emergency, a notice before their next answer, and the switch that pauses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from console import audit
from console.accounts import Staff
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from store import notices

Form = Annotated[FormData, Depends(posted)]
NOTICES = "/console/notices"
KINDS = ("banner", "notice", "pause")
LONGEST = 500


def notice_router(console: Console) -> APIRouter:
    """The page of those who supervise."""
    router = APIRouter(route_class=ConsoleRoute)
    supervisor = Depends(console.may("notices"))

    @router.get(NOTICES)
    def page(done: str | None = None, staff: Staff = supervisor) -> HTMLResponse:
        """What is told now."""
        return _page(console, staff, done=done)

    @router.post(NOTICES + "/{kind}")
    def put(kind: str, sent: Form, staff: Staff = supervisor) -> Response:
        """Tell something, or pause the assistant with these words."""
        text = text_of(sent, "text", LONGEST)
        if not text:
            return _page(console, staff, 422, error="Cần viết câu sẽ nói với người dân.")
        with console.database.write() as session:
            notices.put(session, _known(kind), text, staff.name)
            audit.note(session, staff.name, f"put a {kind}", None, text=text)
        return see(NOTICES, "saved")

    @router.post(NOTICES + "/{kind}/end")
    def end(kind: str, staff: Staff = supervisor) -> Response:
        """Tell it no more, or let the assistant go on."""
        with console.database.write() as session:
            notices.end(session, _known(kind))
            audit.note(session, staff.name, f"ended a {kind}")
        return see(NOTICES, "saved")

    return router


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise Refused(404)
    return kind


def _page(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        now_told = notices.in_force(session)
    values: dict[str, Any] = {"done": None, "error": None} | more
    return console.page(staff, "notices.html", status, **{kind: now_told.get(kind) for kind in KINDS}, **values)
