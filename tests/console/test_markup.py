"""Markup in every field that a citizen or a curator can fill stays text on every page that shows it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from console.pages import Console
from console.unanswered import gather
from store.engine import Database
from store.unanswered import NluExampleRow, UnansweredGroupRow
from tests.console.forms import read_form
from tests.console.lost import talk
from tests.console.staff import StaffBrowser

SignIn = Callable[..., StaffBrowser]
ATTACK = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}</textarea></title>"
CHOSEN_VALUES = {
    "confidence": "high", "fee.kind": "varies", "fee.amount_vnd": "8000", "time.number": "5", "time.unit": "day",
    "place.level": "commune", "online.level": "full", "deadline.rule": ATTACK,
}  # fmt: skip
NO_TEXT = ("id", "valid_from", "valid_until")
NO_TEXT_ENDS = (".form", ".basis", ".copies", ".checked_at", ".issued_on")


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture(autouse=True)
def live(console: Console) -> None:
    console.knowledge.load()


def _is_harmless(page: str) -> bool:
    return not any(part in page for part in ("<img src=x", "<script>alert", "\"'><", "</textarea></title>", ">49<"))


def _check(browser: StaffBrowser, *paths: str) -> None:
    for path in paths:
        page = browser.open(path)
        assert page.status_code == 200, path
        assert _is_harmless(page.text), path


@pytest.mark.parametrize("kind", ["faq", "procedure"])
def test_every_field_of_the_editor(sign_in: SignIn, kind: str) -> None:
    curator, publisher = sign_in("curator"), sign_in("publisher")
    names = read_form(curator.open(f"/console/entries/new?kind={kind}").text)
    sent = {
        name: CHOSEN_VALUES.get(name, value if name in NO_TEXT or name.endswith(NO_TEXT_ENDS) else ATTACK)
        for name, value in names.items()
    }
    sent |= {"id": "local-900"} if kind == "procedure" else {}
    preview = curator.send(f"/console/entries/new?kind={kind}", **sent, then="preview")
    assert preview.status_code == 200
    assert "Xem thử, chưa lưu" in preview.text
    assert _is_harmless(preview.text)
    path = curator.send(f"/console/entries/new?kind={kind}", **sent).url.path
    curator.send(f"{path}/edit", **(sent | {"title": f"{ATTACK} nữa"}))
    publisher.open(path)
    publisher.send(f"{path}/revisions/1/send-back", comment=ATTACK)
    listed = (path, f"{path}/edit", "/console/entries", "/console/entries?q=alert", f"/console/entries?q={ATTACK}")
    _check(curator, *listed, "/console/entries?authority=alert")


def test_a_sheet_that_is_sent(sign_in: SignIn) -> None:
    curator = sign_in("curator")
    book = Workbook()
    for row in (["Loại", "Mã", "Tên", "Chủ đề", "Trả lời"], ["Hỏi đáp", "", ATTACK, ATTACK, ATTACK], [ATTACK] * 5):
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    curator.open("/console/entries/import")
    page = curator.http.post(
        "/console/entries/import", data={"csrf": curator.csrf}, files={"file": (f"{ATTACK}.xlsx", written.getvalue())}
    )
    assert page.status_code == 200
    assert _is_harmless(page.text)
    curator.send(f"{page.url.path}/take")
    _check(curator, page.url.path, "/console/entries")


def test_what_citizens_ask_and_staff_teach(sign_in: SignIn, console: Console, database: Database) -> None:
    talk(database, (f"{ATTACK} phóng vệ tinh", "unanswered"))
    gather(database, console.knowledge, console.press.cache)
    with database.read() as session:
        group = session.scalars(select(UnansweredGroupRow.id)).one()
    curator = sign_in("curator")
    _check(curator, "/console/unanswered")
    curator.send("/console/learning/propose", text=f"{ATTACK} gặp ai", intent="human")
    curator.send("/console/learning/propose", group=str(group), intent="human")
    _check(curator, "/console/learning")
    curator.send(f"/console/unanswered/{group}/name", entry="faq-001", name=ATTACK)
    path = curator.send(f"/console/unanswered/{group}/answer").url.path
    _check(curator, path, "/console/unanswered", "/console/entries/faq-001")
    with database.read() as session:
        taught = list(session.scalars(select(NluExampleRow.text)))
    assert taught
    assert not any(set("[](){}") & set(text) for text in taught), "no text becomes an entity of the training data"
