"""The complaint form of the widget: one ticket however often it is sent, photographs without what cameras add."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import select

from bot import photos, problems
from bot.channels.web import sessions
from bot.channels.web.complaints import ComplaintApi
from bot.feed import Feed
from bot.limits import RateLimiter
from bot.photos import PhotoError
from store import hand_over, turns
from store.crypto import Vault
from store.engine import Database
from store.tickets import PhotoRow, TicketRow
from tests.channels.photographs import photograph

ROUTE = "/api/chat/complaints"
COMPLAINT = {
    "category": "cham_tre", "place": "đường Lê Lợi, xã An Bình", "text": "hồ sơ trễ hẹn hai tuần, số tôi 0901234567",
    "contact": "+84 901 234 567", "client_message_id": "one",
}  # fmt: skip


@pytest.fixture
async def web(database: Database, vault: Vault) -> AsyncIterator[httpx.AsyncClient]:
    """A citizen with an open conversation."""
    app = FastAPI()
    problems.install(app)
    app.include_router(ComplaintApi(database, vault, RateLimiter(None), Feed(None)).router)
    with database.write() as session:
        _, token = sessions.start(session)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client


async def file(web: httpx.AsyncClient, **changed: Any) -> httpx.Response:
    return await web.post(ROUTE, json=COMPLAINT | changed)


async def test_a_complaint_becomes_one_ticket_with_a_pin_kept_nowhere(
    web: httpx.AsyncClient, database: Database, vault: Vault
) -> None:
    first, again = (await file(web)).json(), (await file(web)).json()
    assert first == again
    assert first["pin"] == hand_over.pin_of(vault, first["number"])
    with database.read() as session:
        ticket = session.scalars(select(TicketRow)).one()
        said = turns.after(session, str(ticket.conversation_id), 0)
        assert hand_over.contact(ticket, vault) == "0901234567"
    assert (ticket.category, ticket.place) == ("cham_tre", "đường Lê Lợi, xã An Bình")
    kept = ticket.text + " ".join(f"{turn.text} {turn.messages}" for turn in said)
    assert "0901234567" not in kept
    assert first["pin"] not in kept
    assert [turn.author for turn in said] == ["citizen", "assistant"]


@pytest.mark.parametrize(
    "changed", [{"category": "x"}, {"text": "ngắn"}, {"contact": "12"}, {"place": "x" * 201}, {"client_message_id": ""}]
)
async def test_what_cannot_be_a_complaint_is_refused(web: httpx.AsyncClient, changed: dict[str, str]) -> None:
    assert (await file(web, **changed)).status_code == 422


async def test_a_stranger_can_neither_complain_here_nor_add_photographs(web: httpx.AsyncClient) -> None:
    number = (await file(web)).json()["number"]
    web.headers["Authorization"] = "Bearer x"
    assert (await file(web)).status_code == 401
    assert (await web.post(f"{ROUTE}/{number}/photos", content=photograph())).status_code == 401


async def test_photographs_are_sealed_upright_and_without_metadata(
    web: httpx.AsyncClient, database: Database, vault: Vault
) -> None:
    number = (await file(web)).json()["number"]
    answer = await web.post(f"{ROUTE}/{number}/photos", content=photograph())
    assert (answer.status_code, answer.json()) == (201, {"photos": 1})
    with database.read() as session:
        row = session.scalars(select(PhotoRow)).one()
        jpeg = photos.show(session, vault, row.id)
    assert b"JFIF" not in row.sealed
    assert jpeg is not None
    with Image.open(io.BytesIO(jpeg)) as kept:
        assert kept.size == (300, 400)
        assert not kept.getexif()
        red, _, blue = kept.convert("RGB").getpixel((150, 40))  # type: ignore[misc]
        assert red > 200 > blue


async def test_three_photographs_are_enough_and_must_be_photographs(web: httpx.AsyncClient) -> None:
    number = (await file(web)).json()["number"]
    for content, status in (
        (b"%PDF-1.7", 415), (b"", 415), (photograph()[:200], 415), (b"x" * (photos.MOST_BYTES + 1), 413),
        (photograph(kind="PNG"), 201), (photograph(), 201), (photograph(kind="WEBP"), 201), (photograph(), 409),
    ):  # fmt: skip
        assert (await web.post(f"{ROUTE}/{number}/photos", content=content)).status_code == status
    assert (await web.post(f"{ROUTE}/PA-26-000000/photos", content=photograph())).status_code == 404


def test_a_large_photograph_is_made_small() -> None:
    with Image.open(io.BytesIO(photos.jpeg_of(photograph(4000, 3000)))) as kept:
        assert max(kept.size) == photos.LONGEST_SIDE


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    with pytest.raises(PhotoError, match=r"size|kind"):
        photos.jpeg_of(bomb.getvalue())
