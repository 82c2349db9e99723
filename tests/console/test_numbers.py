"""Every figure against a month that was counted by hand (tests/console/month.py)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from console import catalogue, numbers, open_data, workbook
from console.catalogue import Catalogue
from console.numbers import EntryFigures, Numbers, Period
from knowledge.entry import Faq
from store import counting
from store.engine import Database
from store.figures import DailyFigureRow
from tests.console import month
from tests.console.staff import StaffBrowser, words

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
DECEMBER = datetime(2026, 12, 20, tzinfo=UTC)
SignIn = Callable[..., StaffBrowser]
KNOWN = Catalogue(9, 7, 4, 2, {"Chưa rõ ngày": 1}, [])


@pytest.fixture
def november(database: Database) -> Database:
    with database.write() as session:
        month.fill(session)
    counting.recount(database, DECEMBER, month.COMMUNES)
    return database


@pytest.fixture
def period(november: Database) -> Period:
    with november.read() as session:
        return numbers.read(session, FIRST, LAST)


@pytest.fixture
def found(period: Period) -> Numbers:
    return period.of()


def test_contacts_and_messages(found: Numbers, period: Period) -> None:
    assert (found.sum("contact"), found.sum("hour")) == (13, 13)
    assert {channel: period.of(channel).sum("contact") for channel in ("web", "zalo", "phone")} == {
        "web": 4, "zalo": 6, "phone": 3,
    }  # fmt: skip
    assert {hour: number for hour, number in found.hours.items() if number} == {12: 5, 15: 3, 16: 2, 18: 2, 20: 1}


def test_how_contacts_ended(found: Numbers) -> None:
    assert found.outcomes == {
        "answered": 3, "clarified": 1, "refused": 2, "handed_over": 2, "abandoned": 2, "wrong": 2, "other": 1,
    }  # fmt: skip
    assert found.parts("status") == {
        "answered": 7, "clarification": 2, "handed_over": 1, "out_of_scope": 1, "smalltalk": 1, "unanswered": 1,
    }  # fmt: skip


def test_containment_and_who_was_back(found: Numbers, period: Period) -> None:
    assert found.contained == 11 / 13
    assert found.back == 3 / 8
    assert period.of("zalo").back == 2 / 6
    assert period.of("phone").back == 1 / 2
    assert (period.of("web").back, period.of("web").contained) == (None, None)


def test_who_was_back_counts_as_a_failure_once(found: Numbers, period: Period) -> None:
    assert found.parts("returned") == {"answered": 1}
    assert found.failed == 7 / 13
    assert period.of("zalo").failed == 3 / 6


def test_judgements(found: Numbers) -> None:
    assert (found.sum("disliked"), found.sum("corrected"), found.sum("liked")) == (1, 1, 1)
    assert found.satisfaction == 3.5


def test_waiting_and_promises(found: Numbers) -> None:
    assert found.parts("ticket") == {"hand_over": 3, "callback": 1}
    assert (found.waited(0.5), found.waited(0.9)) == (4, 50)
    assert found.service_level == 1 / 3
    assert found.sum("untaken") == 1
    assert found.kept == 1 / 3


def test_entries(found: Numbers) -> None:
    assert found.entries == [
        EntryFigures("1.001193", 3, 1, 1, 0),
        EntryFigures("1.000656", 2, 0, 0, 0),
        EntryFigures("1.000894", 1, 0, 0, 0),
        EntryFigures("faq-001", 1, 0, 0, 1),
    ]


def test_communes_are_those_citizens_name(found: Numbers) -> None:
    assert found.parts("commune") == {"xã Mẫu Bốn": 2, "phường Mẫu Một": 1}


def test_where_callers_leave(found: Numbers) -> None:
    assert found.parts("call_outcome") == {"answered": 1, "none": 1, "person": 1}
    steps = {state: (reached, left) for state, reached, left in found.call_steps}
    assert steps["main"] == (3, 0)
    assert steps["code"] == (1, 1)
    assert steps["answer"] == (1, 0)


def test_days(found: Numbers) -> None:
    assert {day.day: both for day, both in found.days.items() if both[0]} == {
        10: (10, 6), 11: (1, 0), 12: (1, 1), 13: (1, 0),
    }  # fmt: skip


def test_counting_again_changes_nothing_and_settled_days_stay(november: Database) -> None:
    assert counting.recount(november, DECEMBER, month.COMMUNES) == 1
    with november.write() as session:
        before = session.scalar(select(func.sum(DailyFigureRow.value)))
        session.query(counting.ConversationRow).delete()
    counting.recount(november, DECEMBER + timedelta(days=1), month.COMMUNES)
    with november.read() as session:
        assert session.scalar(select(func.sum(DailyFigureRow.value))) == before


def test_nothing_counted_is_not_zero_percent(database: Database) -> None:
    with database.read() as session:
        found = numbers.read(session, FIRST, LAST).of()
    assert (found.contained, found.back, found.satisfaction, found.waited(0.5), found.kept) == (None,) * 5


def test_spreadsheets_hold_the_same_and_no_formula(period: Period) -> None:
    made = workbook.tables(period, None, {"1.001193": "=HYPERLINK(1)"}, KNOWN)
    assert "Quay lại trong 72 giờ,0.375" in workbook.as_csv(made).decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(workbook.as_xlsx(made)))
    rows = list(book["Mục"].values)
    assert rows[1] == ("1.001193", "'=HYPERLINK(1)", 3, 1, 1, 0)
    assert dict(book["Kết cục"].values)["Bỏ dở"] == 2
    assert dict(book["Kho nội dung"].values)["Đã có người hỏi"] == 2
    assert dict(book["Nguồn được kiểm lần cuối"].values)["Chưa rõ ngày"] == 1


def test_coverage_and_freshness_of_the_catalogue() -> None:
    entries = {
        entry.id: entry for entry in (_faq("faq-a", 0), _faq("faq-b", 30), _faq("faq-c", 31), _faq("faq-d", 366))
    }
    entries["faq-e"] = _faq("faq-e", None).model_copy(update={"review": "officer"})
    known = catalogue.describe(entries, {"faq-a": 3, "faq-e": 1, "gone": 2}, LAST, shown=2)
    assert (known.entries, known.procedures, known.reviewed, known.asked) == (5, 0, 1, 2)
    assert known.ages == {
        "Dưới 1 tháng": 2, "1 đến 3 tháng": 1, "3 đến 6 tháng": 0, "6 đến 12 tháng": 0, "Trên 1 năm": 1,
        "Chưa rõ ngày": 1,
    }  # fmt: skip
    assert [id_ for id_, _ in known.unasked] == ["faq-b", "faq-c"]


def _faq(id_: str, days: int | None) -> Faq:
    """A question whose source was checked so many days before the end of the month."""
    checked = None if days is None else LAST - timedelta(days=days)
    source = {"title": "Nội quy", "basis": "province", "checked_at": checked}
    told = {"topic": "t", "title": id_, "answer": "Có.", "confidence": "high", "sources": [source]}
    return Faq.model_validate({"kind": "faq", "id": id_} | told)


def test_small_counts_are_not_published_nor_worked_out(found: Numbers) -> None:
    assert open_data.suppressed({"a": 3, "b": 40, "c": 11}) == {"a": None, "b": 40, "c": None}
    assert open_data.suppressed({"a": 3, "b": 40, "c": 2}) == {"a": None, "b": 40, "c": None}
    assert open_data.suppressed({"a": 10, "b": 40}) == {"a": 10, "b": 40}
    published = open_data.figures_of(found)
    assert published["contacts"] == 13
    assert (published["contained_percent"], published["satisfaction_of_5"]) == (None, None)
    assert set(published["entries"].values()) == {None}


def test_pages(november: Database, sign_in: SignIn) -> None:
    browser = sign_in("supervisor")
    page = browser.open("/console/numbers?days=366")
    assert "nhưng quay lại trong 72 giờ" in words(page)
    assert "<svg" in page.text
    for form, kind in (("csv", "text/csv"), ("xlsx", "application/vnd.openxml")):
        assert browser.open(f"/console/numbers.{form}?days=30").headers["content-type"].startswith(kind)
    assert browser.open("/console/numbers?days=0").status_code == 422
    assert "Báo cáo trợ lý và tổng đài tháng 11/2026" in words(browser.open("/console/report?month=2026-11"))
    assert browser.open("/console/report?month=2026-13").status_code == 422


def test_open_data_is_for_everybody(november: Database, browser: StaffBrowser) -> None:
    newest = browser.open("/open-data").text.split('href="/open-data/')[1].split(".json")[0]
    told = browser.open(f"/open-data/{newest}.json")
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.json()["left_out_below"] == 10
    assert browser.open(f"/open-data/{newest}.csv").text.startswith("\ufeffgroup,name,value")
    assert browser.open("/open-data/2019-01.json").status_code in (404, 422)
    assert browser.open("/open-data/2099-01.json").status_code == 404
