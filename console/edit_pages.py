"""The editor of entries: a form to a draft."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import drafts
from console.accounts import Staff
from console.drafts import EMPTY_FAQ, EMPTY_PROCEDURE, DraftError
from console.entry_form import MORE_ROWS, SPARE_ROWS, content_from
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.preview import previews
from store.knowledge import EntryRow, RevisionRow

Form = Annotated[FormData, Depends(posted)]
Kind = Annotated[str, Query(pattern="^(procedure|faq)$")]


def edit_router(console: Console) -> APIRouter:
    """Pages for those who write entries; they come before the page of an entry, whose address would swallow them."""
    router = APIRouter(route_class=ConsoleRoute)
    editor = Depends(console.may("entries.edit"))

    @router.get("/console/entries/new")
    def new(kind: Kind = "faq", title: str = "", example: str = "", staff: Staff = editor) -> HTMLResponse:
        """An empty form."""
        content = EMPTY_FAQ if kind == "faq" else EMPTY_PROCEDURE
        given = {"id": "", "title": title, "examples": [example] if example else []}
        return _editor(console, staff, content | given)

    @router.post("/console/entries/new")
    def create(sent: Form, kind: Kind = "faq", staff: Staff = editor) -> Response:
        """Keep a new entry as a draft; a procedure may bring its national code."""
        content = content_from(sent, EMPTY_FAQ if kind == "faq" else EMPTY_PROCEDURE)
        with console.database.write() as session:
            content["id"] = text_of(sent, "id", 32) or drafts.next_local_id(session, kind)
            if session.get(EntryRow, content["id"]) is not None:
                return _editor(console, staff, content | {"id": ""}, error="Mã này đã có mục khác dùng.")
            return _save(console, session, staff, content, sent, new=True)

    @router.get("/console/entries/{entry_id}/edit")
    def edit(entry_id: str, example: str = "", name: str = "", staff: Staff = editor) -> HTMLResponse:
        """The form, filled with the newest revision and what a question suggests to add."""
        with console.database.read() as session:
            content = dict(_newest(session, entry_id).content)
        content["examples"] = [*content["examples"], *([example] if example else [])]
        content["common_names"] = [*content["common_names"], *([name] if name else [])]
        return _editor(console, staff, content)

    @router.post("/console/entries/{entry_id}/edit")
    def saved(entry_id: str, sent: Form, staff: Staff = editor) -> Response:
        """Keep the form as a draft."""
        with console.database.write() as session:
            content = content_from(sent, _newest(session, entry_id).content)
            return _save(console, session, staff, content, sent)

    return router


def _newest(session: Session, entry_id: str) -> RevisionRow:
    row = drafts.newest(session, entry_id)
    if row is None:
        raise Refused(404, "Không có mục này.")
    return row


def _save(
    console: Console, session: Session, staff: Staff, content: dict[str, Any], sent: FormData, *, new: bool = False
) -> Response:
    comment = text_of(sent, "comment", 500) or None
    shown = content | {"id": ""} if new else content
    match text_of(sent, "then", 10):
        case "rows":
            return _editor(console, staff, shown, comment=comment, spare=MORE_ROWS)
        case "preview":
            return _previewed(console, session, staff, content, shown, comment)
    try:
        draft = drafts.save(session, staff, content, comment)
    except DraftError as error:
        return _editor(console, staff, shown, 422, error=str(error), comment=comment)
    return see(f"/console/entries/{draft.entry_id}", "saved")


def _previewed(
    console: Console,
    session: Session,
    staff: Staff,
    content: dict[str, Any],
    shown: dict[str, Any],
    comment: str | None,
) -> Response:
    """The form with what citizens would see and hear, and what the checks say; nothing is kept."""
    try:
        entry = drafts.parse(content)
    except DraftError as error:
        return _editor(console, staff, shown, 422, error=str(error), comment=comment)
    made = previews(entry, console.profile, console.speak)
    found = console.checks.findings(session, entry)
    return _editor(console, staff, shown, comment=comment, previews=made, findings=found)


def _editor(console: Console, staff: Staff, content: dict[str, Any], status: int = 200, **more: Any) -> HTMLResponse:
    values: dict[str, Any] = {
        "error": None, "comment": None, "spare": SPARE_ROWS, "previews": (), "findings": (), **more,
    }  # fmt: skip
    template = "edit_faq.html" if content["kind"] == "faq" else "edit_procedure.html"
    return console.page(staff, template, status, content=content, **values)
