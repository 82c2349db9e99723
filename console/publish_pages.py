"""From draft to live: ask for review, send back, publish by a second person; restore what was published before, or take
an entry out of the answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from console import drafts
from console.accounts import Staff
from console.drafts import DraftError
from console.entry_pages import show
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from knowledge.publish import PublicationRefusedError
from knowledge.publishing import PublicationFailedError
from store.knowledge import EntryRow

Form = Annotated[FormData, Depends(posted)]
_PATH = "/console/entries/{entry_id}/revisions/{number}"


def publish_router(console: Console) -> APIRouter:
    """The steps of a revision."""
    router = APIRouter(route_class=ConsoleRoute)
    editor, publisher = Depends(console.may("entries.edit")), Depends(console.may("entries.publish"))

    @router.post(_PATH + "/submit")
    def submit(entry_id: str, number: int, staff: Staff = editor) -> Response:
        """Ask for review."""

        def step() -> None:
            with console.database.write() as session:
                drafts.submit(session, console.checks, staff, drafts.revision(session, entry_id, number))

        return _after(console, staff, entry_id, "submitted", step)

    @router.post(_PATH + "/send-back")
    def send_back(entry_id: str, number: int, sent: Form, staff: Staff = publisher) -> Response:
        """Return it to its author."""

        def step() -> None:
            with console.database.write() as session:
                row = drafts.revision(session, entry_id, number)
                drafts.send_back(session, staff, row, text_of(sent, "comment", 500))

        return _after(console, staff, entry_id, "sent_back", step)

    @router.post(_PATH + "/publish")
    def publish(entry_id: str, number: int, sent: Form, staff: Staff = publisher) -> Response:
        """Build, test and switch; a refusal names the questions that would break."""
        checked = bool(text_of(sent, "checked"))
        wanted = [(entry_id, number)]
        return _after(
            console, staff, entry_id, "published",
            lambda: drafts.publish_reviewed(console.press, console.checks, staff, wanted, checked=checked),
        )  # fmt: skip

    @router.post(_PATH + "/restore")
    def restore(entry_id: str, number: int, staff: Staff = publisher) -> Response:
        """Make an earlier published revision live again."""
        return _after(
            console, staff, entry_id, "restored", lambda: drafts.restore(console.press, staff, entry_id, number)
        )

    @router.get("/console/entries/{entry_id}/remove")
    def ask_removal(entry_id: str, staff: Staff = publisher) -> HTMLResponse:
        """Ask once more, and why."""
        with console.database.read() as session:
            row = session.get(EntryRow, entry_id)
            if row is None or row.live is None:
                raise Refused(404, "Mục này không ở trong các câu trả lời.")
            live = drafts.revision(session, entry_id, row.live)
        return console.page(staff, "remove.html", revision=live)

    @router.post("/console/entries/{entry_id}/remove")
    def remove(entry_id: str, sent: Form, staff: Staff = publisher) -> Response:
        """Take it out of the answers at once."""
        reason = text_of(sent, "reason", 500)
        return _after(
            console, staff, entry_id, "removed", lambda: drafts.remove(console.press, staff, entry_id, reason)
        )

    return router


def _after(console: Console, staff: Staff, entry_id: str, done: str, step: Callable[[], object]) -> Response:
    """The entry's page after a step, or with the reason why the step was refused."""
    try:
        step()
    except DraftError as error:
        return show(console, staff, entry_id, status=409, error=str(error))
    except PublicationRefusedError as refused:
        sentence = "Không xuất bản: các câu hỏi dưới đây sẽ bị trả lời sai."
        return show(console, staff, entry_id, status=409, error=sentence, broken=refused.broken)
    except LookupError:
        return show(console, staff, entry_id, status=409, error="Có bản khác vừa xuất bản. Hãy bấm lại.")
    except PublicationFailedError:
        sentence = "Máy chủ chưa xuất bản được. Câu trả lời cũ vẫn đang dùng, bản này vẫn chờ duyệt. Hãy bấm lại."
        return show(console, staff, entry_id, status=503, error=sentence)
    return see(f"/console/entries/{entry_id}", done)
