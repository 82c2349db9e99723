"""Common names proposed for imported procedures, which nobody finds by their official titles; one click accepts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import drafts
from console.accounts import Staff
from console.drafts import DraftError
from console.pages import Console, ConsoleRoute, Refused, posted, see
from knowledge.entry import Procedure
from knowledge.proposals import MAX_NAMES, proposed_names
from store.knowledge import EntryRow, RevisionRow

Form = Annotated[FormData, Depends(posted)]
Page = Annotated[int, Query(ge=1, le=1000)]
NAMES = "/console/names"
PAGE = 25
NEAREST_FIRST = ("commune", "several", "province", "unknown", "ministry")
Proposal = tuple[Procedure, tuple[str, ...]]


def names_router(console: Console) -> APIRouter:
    """The page of proposed names."""
    router = APIRouter(route_class=ConsoleRoute)
    editor = Depends(console.may("entries.edit"))

    @router.get(NAMES)
    def names(page: Page = 1, done: str | None = None, staff: Staff = editor) -> Response:
        """Procedures of the live base that have no common name yet, with the names proposed for them."""
        with console.database.read() as session:
            found = list(islice(_proposals(console, session), (page - 1) * PAGE, page * PAGE + 1))
        return console.page(
            staff, "names.html", proposals=found[:PAGE], more=len(found) > PAGE, page=page, done=done, error=None
        )

    @router.post(NAMES + "/{entry_id}")
    def accept(entry_id: str, sent: Form, staff: Staff = editor) -> Response:
        """Put the chosen names into a draft and hand it over for review."""
        names = [str(value).strip() for value in sent.getlist("name") if str(value).strip()][:MAX_NAMES]
        try:
            with console.database.write() as session:
                handed_over = _accept(console, session, staff, entry_id, names)
        except DraftError as error:
            raise Refused(422, str(error)) from error
        return see(NAMES, "named") if handed_over else see(f"/console/entries/{entry_id}", "added")

    return router


def _accept(console: Console, session: Session, staff: Staff, entry_id: str, names: list[str]) -> bool:
    """Whether the draft is under review; it stays a draft when the checks find something else to be put right."""
    newest = drafts.newest(session, entry_id)
    if newest is None or newest.content["kind"] != "procedure":
        raise DraftError("Không có mục này.")
    if not names:
        raise DraftError("Chưa chọn tên gọi nào.")
    content = dict(newest.content)
    content["common_names"] = list(dict.fromkeys([*content.get("common_names", ()), *names]))
    draft = drafts.save(session, staff, content, "Nhận tên gọi đề xuất")
    try:
        drafts.submit(session, console.checks, staff, draft)
    except DraftError:
        return False
    return True


def _proposals(console: Console, session: Session) -> Iterator[Proposal]:
    if not console.knowledge.snapshot:
        return
    busy = _in_work(session)
    procedures = (entry for entry in console.knowledge.entries.values() if isinstance(entry, Procedure))
    unnamed = [entry for entry in procedures if not entry.common_names and entry.id not in busy]
    for entry in sorted(unnamed, key=lambda entry: NEAREST_FIRST.index(entry.place.level)):
        names = proposed_names(entry)
        if names:
            yield entry, names


def _in_work(session: Session) -> set[str]:
    """Entries that somebody is changing already."""
    query = select(RevisionRow.entry_id).join(EntryRow, EntryRow.id == RevisionRow.entry_id)
    return set(session.scalars(query.where(RevisionRow.state.in_(("draft", "review")))))
