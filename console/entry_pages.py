"""The pages of entries: find, read, preview, compare."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from console import drafts, entry_lists
from console.accounts import Staff
from console.comparison import compare
from console.drafts import DraftError
from console.entry_lists import Filter, today
from console.pages import Console, ConsoleRoute, Refused
from console.preview import preview, previews
from console.wording import subject_name
from knowledge.publish import BROKEN
from knowledge.renewal import refusal
from knowledge.vocabulary import Aspect
from store.knowledge import EntryRow


def entry_router(console: Console) -> APIRouter:
    """Pages for those who read entries."""
    router = APIRouter(route_class=ConsoleRoute)
    reader = Depends(console.may("entries.read"))

    @router.get("/console/entries")
    def found(wanted: Annotated[Filter, Depends()], done: str | None = None, staff: Staff = reader) -> HTMLResponse:
        """Search and filter; without either, what waits for review comes first."""
        with console.database.read() as session:
            rows, more = entry_lists.find(session, console.knowledge, wanted)
            waiting = entry_lists.waiting(session) if wanted == Filter() else []
            refused = refusal(session)
            subjects = [(name, subject_name(name)) for name in entry_lists.subjects(session)]
        return console.page(
            staff, "entries.html", entries=rows, more=more, wanted=wanted, waiting=waiting, subjects=subjects,
            done=done, refused=refused, broken=refused.report[BROKEN] if refused else (),
        )  # fmt: skip

    @router.get("/console/entries/{entry_id}")
    def entry(entry_id: str, number: int | None = None, done: str | None = None, staff: Staff = reader) -> HTMLResponse:
        """An entry as citizens meet it, with its revisions; `number` shows another revision than the newest."""
        return show(console, staff, entry_id, number, done=done)

    @router.get("/console/entries/{entry_id}/compare")
    def compared(entry_id: str, before: int, after: int, staff: Staff = reader) -> HTMLResponse:
        """Two revisions side by side."""
        with console.database.read() as session:
            try:
                old, new = (drafts.revision(session, entry_id, number) for number in (before, after))
            except DraftError as error:
                raise Refused(404, str(error)) from error
        changes = compare(old.content, new.content)
        return console.page(staff, "compare.html", old=old, new=new, differences=changes)

    @router.get("/console/entries/{entry_id}/sound")
    async def sound(entry_id: str, number: int, aspect: Aspect | None = None, staff: Staff = reader) -> Response:
        """An answer as the telephone says it, from its first to its last piece."""
        if console.sound is None:
            raise Refused(404, "Máy chủ này không đọc thành tiếng được.")
        said = await asyncio.to_thread(_said, console, entry_id, number, aspect)
        return Response(await console.sound(said), media_type="audio/wav", headers={"Cache-Control": "no-store"})

    return router


def _said(console: Console, entry_id: str, number: int, aspect: Aspect | None) -> str:
    with console.database.read() as session:
        try:
            entry = drafts.parse(drafts.revision(session, entry_id, number).content)
        except DraftError as error:
            raise Refused(404, str(error)) from error
    return " ".join(preview(entry, aspect, console.profile, console.speak).said)


def show(
    console: Console, staff: Staff, entry_id: str, number: int | None = None, status: int = 200, **more: Any
) -> HTMLResponse:
    """The page of an entry."""
    with console.database.read() as session:
        rows = drafts.revisions(session, entry_id)
        row = next((r for r in rows if r.number == number), None) if number else next(iter(rows), None)
        if row is None:
            raise Refused(404, "Không có mục này.")
        entry = drafts.parse(row.content)
        found = console.checks.findings(session, entry) if row.state in ("draft", "review") else []
        live = session.get_one(EntryRow, entry_id).live
    values: dict[str, Any] = {"done": None, "error": None, "broken": ()} | more
    return console.page(
        staff, "entry.html", status, entry=entry, revision=row, revisions=rows, live=live, findings=found,
        today=today(), previews=previews(entry, console.profile, console.speak),
        audible=console.sound is not None, **values,
    )  # fmt: skip
