"""The desk: who waits for a person, who is here to help, and a ticket with its conversation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bot import photos
from console import desk, presence, queue, suggestions
from console.accounts import Staff
from console.desk import Talk
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.queue import Wanted
from console.roles import allowed
from knowledge.province import next_opening, open_now, say_time
from knowledge.renewal import refusal
from store import canned, hand_over, parked, recordings
from store.base import new_id, now

Form = Annotated[FormData, Depends(posted)]
State = Annotated[str, Query(pattern="^(waiting|closed)$")]
Kind = Annotated[str, Query(pattern="^(hand_over|callback|complaint|voicemail)?$")]
Number = Annotated[str, Query(max_length=24)]


def desk_router(console: Console) -> APIRouter:
    """The pages of those who help people."""
    router = APIRouter(route_class=ConsoleRoute)
    agent, anybody = Depends(console.may("desk")), Depends(console.may("account"))

    @router.get("/console")
    def home(
        state: State = "waiting", kind: Kind = "", number: Number = "", done: str | None = None, staff: Staff = anybody
    ) -> Response:
        """Who waits; those who do not help people go to the entries."""
        if not allowed(staff.role, "desk"):
            return see("/console/entries")
        wanted = Wanted(state, kind, number)
        with console.database.read() as session:
            lists, colleagues = queue.read(session, staff, wanted), presence.at_the_desk(session)
            stuck = parked.count(session) if allowed(staff.role, "parked") else 0
            refused = refusal(session)
        return console.page(
            staff, "desk.html", lists=lists, wanted=wanted, colleagues=colleagues, done=done,
            names=presence.names(colleagues), stuck=stuck, refused=refused, **_hours(console),
        )  # fmt: skip

    @router.post("/console/presence")
    def available(sent: Form, staff: Staff = agent) -> Response:
        """Take people from now on, or not."""
        with console.database.write() as session:
            presence.announce(session, staff, available=bool(sent.get("available")))
        return see("/console", "saved")

    @router.get("/console/tickets/{ticket_id}")
    def ticket(ticket_id: str, done: str | None = None, staff: Staff = agent) -> HTMLResponse:
        """A ticket with its conversation; the look is recorded."""
        with console.database.read() as session:
            return show(console, session, staff, look(console, session, staff, ticket_id), done=done)

    @router.post("/console/tickets/{ticket_id}/reveal")
    def reveal(ticket_id: str, staff: Staff = agent) -> HTMLResponse:
        """The same page with the masked values in clear; it is recorded."""
        with console.database.write() as session:
            talk = find(session, ticket_id)
            values = desk.reveal(session, console.vault, staff, talk)
            return show(console, session, staff, talk, values=values)

    @router.post("/console/tickets/{ticket_id}/draft")
    def draft(ticket_id: str, sent: Form, staff: Staff = agent) -> HTMLResponse:
        """The same page with a canned reply or a suggested answer put into what is being written."""
        with console.database.read() as session:
            talk = look(console, session, staff, ticket_id)
            chosen = _chosen(console, session, talk, text_of(sent, "insert", 100))
            written = "\n".join(part for part in (text_of(sent, "text"), chosen) if part)
            return show(console, session, staff, talk, draft=written, key=text_of(sent, "key", 32))

    return router


def find(session: Session, ticket_id: str, *, to_change: bool = False) -> Talk:
    """A ticket, or the page that says there is none."""
    talk = desk.read(session, ticket_id, to_change=to_change)
    if talk is None:
        raise Refused(404, "Không có yêu cầu này.")
    return talk


def look(console: Console, session: Session, staff: Staff, ticket_id: str) -> Talk:
    """A ticket for its page, which shows the whole conversation: the look is recorded."""
    talk = find(session, ticket_id)
    desk.look(console.database, staff, talk)
    return talk


def show(
    console: Console, session: Session, staff: Staff, talk: Talk, *, status: int = 200, **more: Any
) -> HTMLResponse:
    """The page of a ticket. more: `values` in clear, `draft` being written, `key` of the form, `done`, `error`."""
    waiting = talk.ticket.kind == "hand_over" and talk.ticket.state == "open"
    colleagues = presence.at_the_desk(session)
    values: dict[str, Any] = {"done": None, "error": None, "draft": "", "values": {}} | more
    values["key"] = values.get("key") or new_id()
    return console.page(
        staff, "ticket.html", status, talk=talk, ticket=talk.ticket,
        place=hand_over.place_in_queue(session, talk.ticket) if waiting else None,
        number=hand_over.contact(talk.ticket, console.vault),
        messages=recordings.of_conversation(session, talk.conversation.id) if talk.conversation else [],
        photos=len(photos.of_ticket(session, talk.ticket.id)),
        colleagues=[one for one in colleagues if one.name != staff.name], names=presence.names(colleagues),
        may_act=presence.may_act(session, staff, talk.ticket), canned=canned.every(session),
        understood=suggestions.understood(console.knowledge, talk.turns),
        suggestions=suggestions.suggest(console.knowledge, console.profile, talk.turns) if talk.can_write else [],
        **values,
    )  # fmt: skip


def _chosen(console: Console, session: Session, talk: Talk, key: str) -> str:
    """The text behind a button: of a canned reply by number, of a suggestion by its key."""
    if key.isdecimal():
        reply = session.get(canned.CannedReplyRow, int(key))
        return reply.text if reply else ""
    found = suggestions.suggest(console.knowledge, console.profile, talk.turns)
    return next((one.text for one in found if one.key == key), "")


def _hours(console: Console) -> dict[str, Any]:
    at = now()
    is_open = open_now(console.profile, at)
    return {"is_open": is_open, "opening": None if is_open else say_time(next_opening(console.profile, at))}
