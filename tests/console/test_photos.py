"""The photographs of a complaint: seen by those who help people, on the record, by nobody else, kept by no browser."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import select

from bot import photos
from store import hand_over
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow
from tests.channels.photographs import photograph
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]


@pytest.fixture
def path(database: Database, vault: Vault) -> str:
    """The page of a complaint with two photographs, the wide one first."""
    with database.write() as session:
        row = ConversationRow(id="web", channel="web", context={}, consent={})
        session.add(row)
        session.flush()
        ticket = hand_over.file_complaint(session, vault, row, "khac", "hố ga mất nắp")
        for width in (300, 100):
            photos.keep(session, vault, ticket, photos.jpeg_of(photograph(200, width)))
            session.flush()
        return f"/console/tickets/{ticket.id}"


def looks(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "looked at photographs"))
        return [(row.user, row.target) for row in rows]


def test_the_desk_sees_the_photographs_and_each_look_is_noted(sign_in: SignIn, path: str, database: Database) -> None:
    browser = sign_in()
    page = browser.open(path)
    assert "Ảnh người dân gửi" in words(page)
    assert page.text.count('loading="lazy"') == 2
    assert looks(database) == []
    for number, width in enumerate((300, 100)):
        assert f'src="{path}/photos/{number}.jpg"' in page.text
        answer = browser.open(f"{path}/photos/{number}.jpg")
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert (picture.format, picture.width) == ("JPEG", width)
    with database.read() as session:
        ticket = session.scalars(select(AuditRow.target).where(AuditRow.action == "read a conversation")).one()
    assert looks(database) == [("agent1", ticket)]
    assert "xem ảnh kèm phản ánh" in words(sign_in("supervisor").open("/console/audit"))


def test_a_browser_takes_it_for_a_picture_only_and_keeps_no_copy(sign_in: SignIn, path: str) -> None:
    headers = sign_in().open(f"{path}/photos/0.jpg").headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'; sandbox" in headers["content-security-policy"]


@pytest.mark.parametrize("role", ["curator", "publisher"])
def test_others_see_no_photograph(sign_in: SignIn, path: str, database: Database, role: str) -> None:
    assert sign_in(role).open(f"{path}/photos/0.jpg").status_code == 403
    assert looks(database) == []


def test_what_does_not_exist_is_not_noted(sign_in: SignIn, path: str, database: Database) -> None:
    browser = sign_in()
    for wrong in (f"{path}/photos/2.jpg", f"{path}/photos/-1.jpg", "/console/tickets/none/photos/0.jpg"):
        assert browser.open(wrong).status_code == 404
    assert looks(database) == []


def test_a_ticket_without_photographs_says_nothing_of_them(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        row = ConversationRow(id="web", channel="web", context={}, consent={})
        session.add(row)
        session.flush()
        ticket = hand_over.take_ticket(session, "hand_over", row).id
    assert "Ảnh người dân gửi" not in words(sign_in().open(f"/console/tickets/{ticket}"))
