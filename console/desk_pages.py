"""The desk: who waits for a person, a ticket with its conversation, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import desk
from console.accounts import Staff
from console.desk import DeskError, Talk
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.roles import allowed
from store import hand_over

Form = Annotated[FormData, Depends(posted)]
Kind = Annotated[str | None, Query(pattern="^(hand_over|callback|complaint|voicemail)?$")]
_ACTIONS = {"take": "taken", "write": "written", "note": "noted", "transfer": "transferred", "close": "closed"}


def desk_router(console: Console) -> APIRouter:
    """The pages of those who help people."""
    router = APIRouter(route_class=ConsoleRoute)
    agent, anybody = Depends(console.may("desk")), Depends(console.may("account"))

    @router.get("/console")
    def home(
        state: Annotated[str, Query(pattern="^(waiting|closed)$")] = "waiting",
        kind: Kind = None,
        done: str | None = None,
        staff: Staff = anybody,
    ) -> Response:
        """Who waits; those who do not help people go to the entries."""
        if not allowed(staff.role, "desk"):
            return see("/console/entries")
        with console.database.read() as session:
            rows = desk.tickets(session, state, kind)
        return console.page(staff, "desk.html", tickets=rows, state=state, kind=kind, done=done)

    @router.get("/console/tickets/{ticket_id}")
    def ticket(ticket_id: str, done: str | None = None, staff: Staff = agent) -> HTMLResponse:
        """A ticket with its conversation; the look is recorded."""
        with console.database.write() as session:
            talk = _find(session, ticket_id)
            desk.look(session, staff, talk)
            return _page(console, session, staff, talk, done=done)

    @router.post("/console/tickets/{ticket_id}/reveal")
    def reveal(ticket_id: str, staff: Staff = agent) -> HTMLResponse:
        """The same page with the masked values in clear; it is recorded."""
        with console.database.write() as session:
            talk = _find(session, ticket_id)
            return _page(console, session, staff, talk, values=desk.reveal(session, console.vault, staff, talk))

    def add(action: str, change: Callable[[Session, Staff, Talk, FormData], None]) -> None:
        @router.post(f"/console/tickets/{{ticket_id}}/{action}", name=action)
        def changed(ticket_id: str, sent: Form, tasks: BackgroundTasks, staff: Staff = agent) -> Response:
            """Do one thing with a ticket, tell those who watch its conversation, and show it again."""
            with console.database.write() as session:
                talk = _find(session, ticket_id)
                try:
                    change(session, staff, talk, sent)
                except DeskError as error:
                    return _page(
                        console, session, staff, talk, status=409, error=str(error), draft=text_of(sent, "text")
                    )
            if talk.conversation is not None:
                tasks.add_task(_announce, console, talk.conversation.id)
            return see("/console" if action == "close" else f"/console/tickets/{ticket_id}", _ACTIONS[action])

    add("take", lambda session, staff, talk, sent: desk.take(session, staff, talk))
    add("note", lambda session, staff, talk, sent: desk.note(session, staff, talk, text_of(sent, "text")))
    add("transfer", lambda session, staff, talk, sent: desk.transfer(session, staff, talk, text_of(sent, "to")))
    add("close", lambda session, staff, talk, sent: desk.close(session, staff, talk, text_of(sent, "text")))
    add(
        "write",
        lambda session, staff, talk, sent: desk.write(
            session, console.vault, staff, talk, text_of(sent, "text"), console.deliver
        ),
    )
    return router


async def _announce(console: Console, conversation_id: str) -> None:
    console.feed.publish(conversation_id)


def _find(session: Session, ticket_id: str) -> Talk:
    talk = desk.read(session, ticket_id)
    if talk is None:
        raise Refused(404, "Không có yêu cầu này.")
    return talk


def _page(
    console: Console,
    session: Session,
    staff: Staff,
    talk: Talk,
    *,
    status: int = 200,
    values: dict[tuple[str, int], str] | None = None,
    **more: str | None,
) -> HTMLResponse:
    waiting = talk.ticket.kind == "hand_over" and talk.ticket.state == "open"
    shown: dict[str, Any] = {"done": None, "error": None, "draft": ""} | more
    return console.page(
        staff, "ticket.html", status, talk=talk, ticket=talk.ticket, values=values or {},
        place=hand_over.place_in_queue(session, talk.ticket) if waiting else None,
        number=hand_over.contact(talk.ticket, console.vault),
        colleagues=desk.colleagues(session, staff), **shown,
    )  # fmt: skip
