"""Requests of data subjects: find, hand out or erase everything that is kept of one person."""

from __future__ import annotations

import json
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from starlette.datastructures import FormData

from console.accounts import Staff
from console.pages import Console, ConsoleRoute, Refused, posted, text_of
from store import requests
from store.staff import AuditRow
from store.subject import Known

Form = Annotated[FormData, Depends(posted)]
SUBJECTS = "/console/subjects"
CONFIRMED = "xoá"
SHOWN = 30


def subject_router(console: Console) -> APIRouter:
    """The page for the one who answers for personal data."""
    router = APIRouter(route_class=ConsoleRoute)
    admin = Depends(console.may("subjects"))

    @router.get(SUBJECTS)
    def page(staff: Staff = admin) -> HTMLResponse:
        """The form, and what was done before."""
        return _page(console, staff)

    @router.post(SUBJECTS + "/find")
    def find(sent: Form, staff: Staff = admin) -> HTMLResponse:
        """How much is kept of a person."""
        by, value = _person(sent)
        counts = json.loads(_answer(console, staff, "find", by, value))
        return _page(console, staff, by=by, value=value, counts=counts)

    @router.post(SUBJECTS + "/export")
    def export(sent: Form, staff: Staff = admin) -> Response:
        """All of it as a file for the person."""
        told = _answer(console, staff, "export", *_person(sent))
        headers = {"Content-Disposition": "attachment; filename=du-lieu-ca-nhan.json", "Cache-Control": "no-store"}
        return Response(told, headers=headers, media_type="application/json; charset=utf-8")

    @router.post(SUBJECTS + "/erase")
    def erase(sent: Form, staff: Staff = admin) -> HTMLResponse:
        """All of it gone, once the word was typed."""
        by, value = _person(sent)
        if text_of(sent, "confirm", 16).casefold() != CONFIRMED:
            counts = json.loads(_answer(console, staff, "find", by, value))
            error = f"Chưa xoá. Hãy gõ “{CONFIRMED}” vào ô xác nhận."
            return _page(console, staff, 422, by=by, value=value, counts=counts, error=error)
        erased = json.loads(_answer(console, staff, "erase", by, value))
        return _page(console, staff, erased=sum(erased.values()))

    return router


def _person(sent: FormData) -> tuple[Known, str]:
    by, value = text_of(sent, "by", 16), text_of(sent, "value", 200)
    if by not in requests.KNOWN or not value:
        raise Refused(422, "Cần chọn thứ đã biết về người đó và nhập giá trị.")
    return cast(Known, by), value


def _answer(console: Console, staff: Staff, action: Any, by: Known, value: str) -> str:
    return requests.answer(console.database, console.vault, console.erase_tracker, action, by, value, staff.name)


def _page(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    query = select(AuditRow).where(AuditRow.action.like("subject.%")).order_by(AuditRow.id.desc())
    with console.database.read() as session:
        past = list(session.scalars(query.limit(SHOWN)))
    values: dict[str, Any] = {"by": "phone", "value": "", "counts": None, "erased": None, "error": None} | more
    return console.page(staff, "subjects.html", status, known=requests.KNOWN, past=past, **values)
