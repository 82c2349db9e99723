"""What is done with a ticket: each a form on its page; whoever watches the conversation is told."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, BackgroundTasks, Depends, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import desk
from console.accounts import Staff
from console.desk import DeskError, Talk
from console.desk_pages import Form, find, look, show
from console.pages import Console, ConsoleRoute, see, text_of

Step = Callable[[Session, Staff, Talk, FormData], None]
_DONE = {
    "take": "taken", "write": "written", "note": "noted", "transfer": "transferred", "close": "closed",
    "tried": "tried", "wrong": "marked",
}  # fmt: skip


def ticket_router(console: Console) -> APIRouter:
    """The changes of those who help people."""
    router = APIRouter(route_class=ConsoleRoute)
    agent = Depends(console.may("desk"))

    def add(action: str, step: Step) -> None:
        @router.post(f"/console/tickets/{{ticket_id}}/{action}", name=action)
        def changed(ticket_id: str, sent: Form, tasks: BackgroundTasks, staff: Staff = agent) -> Response:
            """Do one thing with a ticket, tell those who watch its conversation, and show it again."""
            try:
                with console.database.write() as session:
                    talk = find(session, ticket_id, to_change=True)
                    step(session, staff, talk, sent)
            except DeskError as error:
                written = text_of(sent, "text") if action == "write" else ""
                with console.database.read() as session:
                    seen = look(console, session, staff, ticket_id)
                    return show(console, session, staff, seen, status=409, error=str(error), draft=written)
            if talk.conversation is not None:
                tasks.add_task(_announce, console, talk.conversation.id)
            return see("/console" if action == "close" else f"/console/tickets/{ticket_id}", _DONE[action])

    for action, step in _steps(console).items():
        add(action, step)
    return router


def _steps(console: Console) -> dict[str, Step]:
    return {
        "take": lambda session, staff, talk, sent: desk.take(session, staff, talk),
        "note": lambda session, staff, talk, sent: desk.note(session, staff, talk, text_of(sent, "text")),
        "transfer": lambda session, staff, talk, sent: desk.transfer(session, staff, talk, text_of(sent, "to", 64)),
        "close": lambda session, staff, talk, sent: desk.close(session, staff, talk, text_of(sent, "text")),
        "wrong": lambda session, staff, talk, sent: desk.mark_wrong(session, staff, talk, text_of(sent, "turn", 32)),
        "tried": lambda session, staff, talk, sent: desk.tried(
            session, staff, talk, text_of(sent, "how", 16), console.profile
        ),
        "write": lambda session, staff, talk, sent: desk.write(
            session, console.vault, staff, talk, text_of(sent, "text"), text_of(sent, "key", 32), console.deliver
        ),
    }


async def _announce(console: Console, conversation_id: str) -> None:
    console.feed.publish(conversation_id)
