"""Messages that are stuck: which, why, and trying them again or giving them up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from bot.giving_up import apologise
from bot.inbound import Unreadable, unseal
from bot.privacy import redact
from console import audit
from console.accounts import Staff
from console.pages import Console, ConsoleRoute, Refused, see
from store import parked
from store.conversations import InboxRow
from store.crypto import Vault
from store.parked import Row, Way

PARKED = "/console/parked"
PAGE = 100


@dataclass(frozen=True, slots=True)
class Stuck:
    """A line of the page. text: masked, empty when the content is gone. attempts: how often it was tried.

    kept: whether there is something to try again.
    """

    way: Way
    id: int
    channel: str
    at: datetime
    text: str
    attempts: int
    error: str
    kept: bool


def parked_router(console: Console) -> APIRouter:
    """The page of those who supervise."""
    router = APIRouter(route_class=ConsoleRoute)
    supervisor = Depends(console.may("parked"))

    @router.get(PARKED)
    def page(done: str | None = None, staff: Staff = supervisor) -> HTMLResponse:
        """What is stuck now."""
        return _page(console, staff, done=done)

    @router.post(PARKED + "/{way}/{number}/retry")
    def retry(way: Way, number: int, staff: Staff = supervisor) -> Response:
        """Try it again, as if it had just come."""
        with console.database.write() as session:
            if not parked.retry(_one(session, way, number)):
                return _page(console, staff, 409, error="Nội dung đã xoá theo thời hạn lưu, không thử lại được.")
            audit.note(session, staff.name, "retried a message", f"{way} {number}")
        return see(PARKED, "retried")

    @router.post(PARKED + "/{way}/{number}/discard")
    def discard(way: Way, number: int, staff: Staff = supervisor) -> Response:
        """Give it up; its content is deleted, and whoever waits for an answer is told."""
        with console.database.write() as session:
            row = _one(session, way, number)
            parked.discard(row)
            if isinstance(row, InboxRow):
                apologise(session, row, console.deliver)
            audit.note(session, staff.name, "discarded a message", f"{way} {number}")
        return see(PARKED, "discarded")

    return router


def _one(session: Session, way: Way, number: int) -> Row:
    row = parked.get(session, way, number)
    if row is None:
        raise Refused(404, "Tin này không còn kẹt.")
    return row


def _page(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        stuck = sorted(_stuck(session, console.vault), key=lambda one: one.at, reverse=True)
    values: dict[str, Any] = {"done": None, "error": None} | more
    return console.page(staff, "parked.html", status, stuck=stuck, **values)


def _stuck(session: Session, vault: Vault) -> Iterator[Stuck]:
    accepted, unsent = parked.every(session, PAGE)
    for heard in accepted:
        text = _heard(vault, heard)
        yield Stuck(
            "in", heard.id, heard.channel, heard.accepted_at, text, heard.attempts, heard.error or "", bool(text)
        )
    texts = parked.said(session, unsent)
    for row in unsent:
        yield Stuck(
            "out", row.id, row.channel, row.created_at, texts.get(row.turn_id, ""), row.attempts, row.error or "",
            row.sealed is not None,
        )  # fmt: skip


def _heard(vault: Vault, row: InboxRow) -> str:
    try:
        return redact(unseal(vault, row).text)
    except Unreadable:
        return ""
