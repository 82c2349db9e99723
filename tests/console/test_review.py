"""Many reviewed revisions in one publication: all of them or none, by a second person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from console.entry_lists import PAGE
from console.pages import Console
from store.engine import Database
from store.knowledge import EntryRow, RevisionRow, SnapshotRow
from store.staff import AuditRow
from tests.console.forms import read_form
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture(autouse=True)
def live(console: Console) -> None:
    console.knowledge.load()


def _under_review(browser: StaffBrowser, entry_id: str, **fields: str) -> str:
    """A changed entry that its author has handed over; what stands in the box of its line."""
    path = f"/console/entries/{entry_id}"
    form = read_form(browser.open(f"{path}/edit").text) | fields
    browser.send(f"{path}/edit", **form)
    browser.send(f"{path}/revisions/2/submit")
    return f"{entry_id}:2"


def _snapshots(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SnapshotRow)) or 0


def test_many_go_live_in_one_publication(sign_in: SignIn, console: Console, database: Database) -> None:
    curator, publisher = sign_in("curator"), sign_in("publisher")
    chosen = [
        _under_review(curator, "faq-001", answer="Anh/chị mang căn cước tới quầy số 1."),
        _under_review(curator, "faq-151", answer="Anh/chị gọi tổng đài của tỉnh."),
    ]
    before = _snapshots(database)
    page = words(publisher.open("/console/entries/review"))
    assert "trả lời so với bản đang dùng" in page
    assert publisher.open("/console/entries/review?every=true").text.count(" checked>") == 2
    sent = publisher.send("/console/entries/review", revision=chosen, checked="1")
    assert "Đã xuất bản các mục đã chọn" in words(sent)
    assert "Không có mục nào chờ duyệt" in words(sent)
    assert _snapshots(database) == before + 1
    console.knowledge.load()
    assert {console.knowledge.entries[id_].review for id_ in ("faq-001", "faq-151")} == {"officer"}
    with database.read() as session:
        rows = session.scalars(select(AuditRow).filter_by(action="published").order_by(AuditRow.id)).all()
    assert [(row.user, row.target) for row in rows] == [("publisher1", "faq-001"), ("publisher1", "faq-151")]


def test_everything_under_review_is_reached_page_by_page(sign_in: SignIn, database: Database) -> None:
    publisher = sign_in("publisher")
    count = PAGE + 2
    with database.write() as session:
        content = session.scalars(select(RevisionRow).filter_by(entry_id="faq-001")).one().content
        for number in range(count):
            id_ = f"faq-many-{number:03}"
            session.add(EntryRow(id=id_, kind="faq", origin="officer"))
            session.flush()
            session.add(
                RevisionRow(
                    entry_id=id_, number=1, state="review", author="curator1", content_hash="",
                    content=content | {"id": id_, "title": f"Câu hỏi {number:03}"},
                )
            )  # fmt: skip
    first, second = (publisher.open(f"/console/entries/review?page={page}&every=true") for page in (1, 2))
    assert f"Chờ duyệt {count}" in words(first)
    assert "Trang 1 trên 2 Trang sau" in words(first)
    assert (first.text.count(" checked>"), second.text.count(" checked>")) == (PAGE, 2)
    assert "Câu hỏi 051" in words(second)
    assert "Trang này không còn mục nào" in words(publisher.open("/console/entries/review?page=9"))


def test_one_that_may_not_go_live_keeps_all_back_by_name(sign_in: SignIn, database: Database) -> None:
    curator, publisher = sign_in("curator"), sign_in("publisher")
    sound = _under_review(curator, "faq-001", answer="Anh/chị mang căn cước tới quầy số 1.")
    own = _under_review(publisher, "faq-151", answer="Anh/chị gọi tổng đài của tỉnh.")
    assert "cần người khác" in words(publisher.open("/console/entries/review"))
    refused = publisher.send("/console/entries/review", revision=[sound, own])
    assert refused.status_code == 409
    assert "người soạn không tự xuất bản" in words(refused)
    assert publisher.send("/console/entries/review").status_code == 422
    assert publisher.send("/console/entries/review", revision="faq-001:x").status_code == 422
    with database.read() as session:
        states = session.scalars(select(RevisionRow.state).filter_by(number=2)).all()
    assert states == ["review", "review"]
