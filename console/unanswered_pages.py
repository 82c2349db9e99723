"""The inbox of unanswered questions: each group with the ways to an answer."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from console.accounts import Staff
from console.pages import Console, ConsoleRoute
from console.unanswered import Group, open_groups


def unanswered_router(console: Console) -> APIRouter:
    """The page of those who close gaps."""
    router = APIRouter(route_class=ConsoleRoute)
    curator = Depends(console.may("unanswered"))

    @router.get("/console/unanswered")
    def unanswered(staff: Staff = curator) -> HTMLResponse:
        """What citizens went away with, most people first."""
        groups: list[Group] = []
        if console.knowledge.snapshot:
            with console.database.read() as session:
                groups = open_groups(session, console.knowledge, console.press.cache)
        return console.page(staff, "unanswered.html", groups=groups)

    return router
