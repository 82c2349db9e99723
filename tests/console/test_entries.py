"""Entries: from a draft to a live answer by two people, with checks that name what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import pytest
from sqlalchemy import select

from console.comparison import compare
from console.pages import Console
from knowledge.gate import Broken
from knowledge.publish import BROKEN
from knowledge.renewal import BY
from knowledge.seeding import sync
from store.engine import Database
from store.knowledge import EntryRow, LiveSnapshotRow, RevisionRow, SnapshotRow
from store.staff import AuditRow
from tests.console.conftest import CHOSEN
from tests.console.forms import read_form
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
FAQ = {
    "title": "Trung tâm có chỗ gửi xe không?",
    "topic": "Trung tâm",
    "confidence": "high",
    "answer": "Có chỗ gửi xe máy và xe đạp, không thu tiền.",
    "examples": "đến trung tâm gửi xe ở đâu\ncó bãi gửi xe máy không",
    "sources.0.title": "Nội quy trung tâm",
    "sources.0.basis": "province",
    "sources.0.checked_at": "2026-11-20",
}


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture(autouse=True)
def live(console: Console) -> None:
    console.knowledge.load()


def _entry_id(browser: StaffBrowser, **fields: str) -> str:
    browser.open("/console/entries/new?kind=faq")
    return browser.send("/console/entries/new?kind=faq", **(FAQ | fields)).url.path.rsplit("/", 1)[1]


def _revision(database: Database, entry_id: str) -> RevisionRow:
    with database.read() as session:
        query = select(RevisionRow).filter_by(entry_id=entry_id).order_by(RevisionRow.number.desc())
        return session.scalars(query).first() or pytest.fail("no revision")


def test_a_new_answer_goes_live_by_two_people(sign_in: SignIn, console: Console, database: Database) -> None:
    curator, publisher = sign_in("curator"), sign_in("publisher")
    id_ = _entry_id(curator)
    path = f"/console/entries/{id_}"
    assert "Đã gửi duyệt" in words(curator.send(f"{path}/revisions/1/submit"))
    page = publisher.open(path)
    assert "Có chỗ gửi xe máy" in words(page)
    assert "Đã xuất bản" in words(publisher.send(f"{path}/revisions/1/publish", checked="1"))
    console.knowledge.load()
    found = console.knowledge.search("gửi xe ở đâu khi đến trung tâm")
    assert found.candidates[0].entry == id_
    assert console.knowledge.entries[id_].review == "officer"
    row = _revision(database, id_)
    assert (row.state, row.author, row.reviewer) == ("published", "curator1", "publisher1")
    with database.read() as session:
        actions = [a.action for a in session.scalars(select(AuditRow).where(AuditRow.target == id_))]
    assert actions == ["saved a draft", "asked for review", "published"]


def test_nobody_publishes_their_own(sign_in: SignIn, database: Database) -> None:
    publisher = sign_in("publisher")
    id_ = _entry_id(publisher)
    publisher.send(f"/console/entries/{id_}/revisions/1/submit")
    refused = publisher.send(f"/console/entries/{id_}/revisions/1/publish")
    assert refused.status_code == 409
    assert "Cần người thứ hai" in words(refused)
    assert _revision(database, id_).state == "review"


def test_a_thief_of_questions_is_refused_by_name(sign_in: SignIn, console: Console, database: Database) -> None:
    curator = sign_in("curator")
    victim = next(entry for entry in console.knowledge.entries.values() if entry.id == "1.001193")
    id_ = _entry_id(
        curator,
        title=victim.title,
        answer="Đăng ký khai sinh cho con tại xã, phường.",
        common_names="",
        examples="\n".join(("đến trung tâm hỏi chuyện trẻ nhỏ", *victim.examples)),
    )
    refused = curator.send(f"/console/entries/{id_}/revisions/1/submit")
    assert refused.status_code == 409
    for question in victim.examples:
        assert f"câu hỏi mẫu trùng mục khác – câu hỏi mẫu: “{question} (cũng ở {victim.id})”" in words(refused)
    assert _revision(database, id_).state == "draft"
    with database.read() as session:
        assert session.get_one(EntryRow, id_).live is None


def test_what_the_checks_find_is_named_before_review(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    id_ = _entry_id(curator, **{"answer": "Nộp tại Uỷ ban nhân dân cấp huyện.", "sources.0.title": ""})
    refused = curator.send(f"/console/entries/{id_}/revisions/1/submit")
    assert refused.status_code == 409
    assert "còn ghi cấp huyện" in words(refused)
    assert "thiếu nguồn" in words(refused)
    assert _revision(database, id_).state == "draft"


def test_a_form_that_is_no_entry_comes_back_filled(sign_in: SignIn) -> None:
    curator = sign_in("curator")
    curator.open("/console/entries/1.001193/edit")
    refused = curator.send(
        "/console/entries/1.001193/edit", title="Tên mới", confidence="high", **{"fee.kind": "fixed"}
    )
    assert refused.status_code == 422
    assert "lệ phí" in words(refused)
    assert 'value="Tên mới"' in refused.text


def test_a_procedure_survives_the_form_unchanged(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    for id_ in sorted(CHOSEN):
        before = _revision(database, id_).content
        page = curator.open(f"/console/entries/{id_}/edit")
        curator.send(f"/console/entries/{id_}/edit", **read_form(page.text))
        after = _revision(database, id_).content
        changed = {difference.field for difference in compare(before, after)}
        assert changed <= {"origin", "review"}, id_


def test_an_old_answer_is_restored_with_one_button(sign_in: SignIn, console: Console, database: Database) -> None:
    curator, publisher = sign_in("curator"), sign_in("publisher")
    before = console.knowledge.entries["faq-001"]
    page = curator.open("/console/entries/faq-001/edit")
    curator.send("/console/entries/faq-001/edit", **(read_form(page.text) | {"title": "Một tiêu đề khác"}))
    curator.send("/console/entries/faq-001/revisions/2/submit")
    publisher.open("/console/entries/faq-001")
    publisher.send("/console/entries/faq-001/revisions/2/publish")
    console.knowledge.load()
    assert console.knowledge.entries["faq-001"].title == "Một tiêu đề khác"
    compared = words(publisher.open("/console/entries/faq-001/compare?before=1&after=2"))
    assert "Một tiêu đề khác" in compared
    assert before.title in compared
    publisher.open("/console/entries/faq-001")
    assert "Đã khôi phục" in words(publisher.send("/console/entries/faq-001/revisions/1/restore"))
    console.knowledge.load()
    assert console.knowledge.entries["faq-001"] == before


def test_a_first_answer_is_taken_out_and_brought_back(sign_in: SignIn, console: Console, database: Database) -> None:
    publisher = sign_in("publisher")
    before = console.knowledge.entries["faq-001"]
    path = "/console/entries/faq-001"
    assert f'href="{path}/remove"' not in sign_in("curator").open(path).text
    assert f'href="{path}/remove"' in publisher.open(path).text
    assert before.title in words(publisher.open(f"{path}/remove"))
    unexplained = publisher.send(f"{path}/remove", reason=" ")
    assert unexplained.status_code == 409
    assert "Cần ghi lý do" in words(unexplained)
    removed = publisher.send(f"{path}/remove", reason="Sai số quầy, hỏi 0912345678")
    assert "Đã gỡ" in words(removed)
    console.knowledge.load()
    assert "faq-001" not in console.knowledge.entries
    assert publisher.open(f"{path}/remove").status_code == 404
    with database.write() as session:
        record = session.scalars(select(AuditRow).filter_by(action="removed from answers")).one()
        assert (record.user, record.target) == ("publisher1", "faq-001")
        assert record.details["reason"].startswith("Sai số quầy")
        assert "0912345678" not in record.details["reason"]
        assert sync(session, [before]).kept == 1
    publisher.open(path)
    assert "Đã khôi phục" in words(publisher.send(f"{path}/revisions/1/restore"))
    console.knowledge.load()
    assert console.knowledge.entries["faq-001"] == before


def test_a_refused_new_day_is_shown_to_staff_until_something_is_published(sign_in: SignIn, database: Database) -> None:
    question = "khai sinh cho cháu ở đâu"
    broken = Broken(question, "1.001193", "faq-151")
    with database.write() as session:
        row = SnapshotRow(state="failed", content_hash="", built_by=BY, report={BROKEN: [asdict(broken)]})
        session.add(row)
        session.flush()
        number = row.number
    for role in ("curator", "publisher", "agent"):
        page = words(sign_in(role).open("/console/entries"))
        assert "chưa chuyển được sang các nội dung bắt đầu hoặc hết hiệu lực" in page
        assert f"“{question}” của 1.001193 sẽ ra faq-151" in page
    assert "Các nội dung tới ngày chưa dùng được" in words(sign_in("supervisor").open("/console"))
    with database.write() as session:
        later = SnapshotRow(number=number + 1, state="ready", content_hash="", built_by="publisher1")
        session.add(later)
        session.flush()
        session.get_one(LiveSnapshotRow, 1).number = later.number
    assert "chưa chuyển được" not in words(sign_in("admin").open("/console/entries"))


def test_entries_are_found_by_meaning_and_by_filter(sign_in: SignIn) -> None:
    browser = sign_in("agent")
    found = words(browser.open("/console/entries?q=lam giay khai sinh"))
    assert "1.001193" in found
    only = words(browser.open("/console/entries?kind=faq"))
    assert "faq-001" in only
    assert "1.001193" not in only
    assert browser.open("/console/entries?q=" + "x" * 50).status_code == 200


def test_markup_of_a_curator_stays_text(sign_in: SignIn) -> None:
    curator = sign_in("curator")
    attack = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
    texts = dict.fromkeys(
        ("title", "topic", "answer", "spoken", "notes", "examples", "common_names", "comment"), attack
    )
    id_ = _entry_id(curator, **texts, **{"sources.0.title": attack, "sources.0.note": attack})
    for path in (f"/console/entries/{id_}", f"/console/entries/{id_}/edit", "/console/entries"):
        page = curator.open(path)
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text


def test_entries_are_filtered_by_authority_age_and_validity(sign_in: SignIn) -> None:
    curator = sign_in("curator")
    id_ = _entry_id(curator, valid_from="2127-01-01")
    assert id_ in words(curator.open("/console/entries?validity=starts"))
    assert "từ 01/01/2127" in words(curator.open("/console/entries?state=draft"))
    assert id_ not in words(curator.open("/console/entries?validity=over"))
    assert id_ in words(curator.open("/console/entries?age=180"))
    assert id_ not in words(curator.open("/console/entries?age=unknown"))
    assert "1.001193" in words(curator.open("/console/entries?authority=UBND xã&level=commune"))
    assert "1.001193" not in words(curator.open("/console/entries?authority=Ngân hàng Nhà nước"))


def test_more_rows_and_a_preview_keep_nothing(sign_in: SignIn, database: Database) -> None:
    curator = sign_in("curator")
    path = "/console/entries/1.001193/edit"
    before = read_form(curator.open(path).text)
    rows = curator.send(path, **(before | {"title": "Đang viết dở"}), then="rows")
    assert 'value="Đang viết dở"' in rows.text
    papers = [name for name in read_form(rows.text) if name.endswith(".copies")]
    assert len(papers) == len([name for name in before if name.endswith(".copies")]) + 3
    tried = curator.send(path, **(before | {"fee.rule": "Mức thu theo nghị quyết của tỉnh."}), then="preview")
    assert "Mức thu theo nghị quyết của tỉnh" in words(tried).split("Xem thử, chưa lưu")[1]
    assert _revision(database, "1.001193").number == 1


def test_an_entry_is_shown_as_every_channel_shows_it(sign_in: SignIn) -> None:
    curator = sign_in("curator")
    id_ = _entry_id(curator, answer="Mang theo:\n- thẻ xe\n- mũ")
    page = curator.open(f"/console/entries/{id_}")
    assert "<li>thẻ xe</li>" in page.text
    assert "Trên Zalo" in words(page)
    assert "Mang theo: - thẻ xe - mũ" in words(page).split("Trên Zalo")[1]
    assert curator.open(f"{page.url.path}/sound?number=1").status_code == 404
