"""Entries by the file: a spreadsheet out; a spreadsheet in, first as a dry run and then as drafts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from console import entry_lists, sheet, uploads
from console.accounts import Staff
from console.drafts import DraftError
from console.entry_lists import Filter
from console.pages import Console, ConsoleRoute, Refused, posted, see
from knowledge.sources.files import BadFile
from store.uploads import UploadRow

Form = Annotated[FormData, Depends(posted)]
IMPORT = "/console/entries/import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _FileRoute(ConsoleRoute):
    """A route that takes files of some megabytes."""

    most_bytes = 4_000_000


def upload_router(console: Console) -> APIRouter:
    """Pages for those who bring many entries at once; they come before the page of an entry."""
    router = APIRouter(route_class=_FileRoute)
    reader, editor = Depends(console.may("entries.read")), Depends(console.may("entries.edit"))

    @router.get("/console/entries/export.xlsx")
    def export(wanted: Annotated[Filter, Depends()], staff: Staff = reader) -> Response:
        """What the filter finds, each entry as its newest revision has it."""
        with console.database.read() as session:
            data = sheet.write(entry_lists.contents(session, console.knowledge, wanted))
        headers = {"Content-Disposition": 'attachment; filename="noi-dung.xlsx"', "Cache-Control": "no-store"}
        return Response(data, media_type=XLSX, headers=headers)

    @router.get(IMPORT)
    def choose(staff: Staff = editor) -> Response:
        """Choose a file."""
        return console.page(staff, "upload.html", upload=None, error=None, done=None)

    @router.post(IMPORT)
    def dry_run(sent: Form, staff: Staff = editor) -> Response:
        """Say what a file would do."""
        file = sent.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return _refused(console, staff, "Chưa chọn tệp.")
        try:
            with file.file as opened:
                rows = sheet.read(file.filename, opened.read())
        except BadFile as error:
            return _refused(console, staff, f"Không đọc được tệp, chưa có gì thay đổi. {error}")
        with console.database.write() as session:
            upload = uploads.dry_run(session, staff, file.filename, rows)
        return see(f"{IMPORT}/{upload.id}")

    @router.get(IMPORT + "/{upload_id}")
    def report(
        upload_id: str, done: str | None = None, sent: int | None = None, kept: int = 0, staff: Staff = editor
    ) -> Response:
        """What a file would do, or what was made of it. sent, kept: drafts that went to review, and that did not."""
        with console.database.read() as session:
            upload = _mine(session, staff, upload_id)
        return console.page(staff, "upload.html", upload=upload, error=None, done=done, sent=sent, kept=kept)

    @router.post(IMPORT + "/{upload_id}/take")
    def take(upload_id: str, staff: Staff = editor) -> Response:
        """Make drafts of what was found good."""
        return _step(console, staff, lambda session: _taken(session, staff, upload_id))

    @router.post(IMPORT + "/{upload_id}/submit")
    def submit(upload_id: str, staff: Staff = editor) -> Response:
        """Hand all drafts of a file over for review, and say how many went."""
        return _step(console, staff, lambda session: _submitted(console, session, staff, upload_id))

    return router


def _step(console: Console, staff: Staff, step: Callable[[Session], Response]) -> Response:
    """The page after a step, or the reason why it was refused."""
    try:
        with console.database.write() as session:
            return step(session)
    except DraftError as error:
        return _refused(console, staff, str(error), 409)


def _taken(session: Session, staff: Staff, upload_id: str) -> Response:
    uploads.take_over(session, staff, upload_id)
    return see(f"{IMPORT}/{upload_id}", "imported")


def _submitted(console: Console, session: Session, staff: Staff, upload_id: str) -> Response:
    sent, kept = uploads.submit_all(session, console.checks, staff, upload_id)
    return see(f"{IMPORT}/{upload_id}?sent={sent}&kept={kept}")


def _mine(session: Session, staff: Staff, upload_id: str) -> UploadRow:
    upload = session.get(UploadRow, upload_id)
    if upload is None or upload.by != staff.name:
        raise Refused(404, "Không còn kết quả chạy thử này. Hãy gửi lại tệp.")
    return upload


def _refused(console: Console, staff: Staff, error: str, status: int = 422) -> Response:
    return console.page(staff, "upload.html", status, upload=None, error=error, done=None)
