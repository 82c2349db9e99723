"""The inbox of unanswered questions on a small live base."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from console import drafts
from console.lost_questions import fresh
from console.pages import Console
from console.unanswered import gather, nearest_group
from store.base import now
from store.conversations import ConversationRow
from store.engine import Database
from store.knowledge import RevisionRow
from store.unanswered import UnansweredGroupRow
from tests.console.lost import talk
from tests.console.staff import StaffBrowser, words

SATELLITE = "xin cấp phép phóng vệ tinh vũ trụ"
PARKING = "trung tâm có chỗ gửi xe máy không"


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture(autouse=True)
def live(console: Console) -> None:
    console.knowledge.load()


def _gather(console: Console) -> None:
    gather(console.database, console.knowledge, console.press.cache)


def _groups(database: Database, state: str = "open") -> list[UnansweredGroupRow]:
    with database.read() as session:
        row = UnansweredGroupRow
        return list(session.scalars(select(row).filter_by(state=state).order_by(row.people.desc(), row.id)))


def test_what_counts_as_lost(database: Database) -> None:
    talk(database, ("câu bị từ chối", "unanswered"))
    talk(database, ("hỏi lại rồi thôi", "clarification"))
    talk(database, ("vừa hỏi lại, còn đang nghĩ", "clarification"), ago=timedelta(minutes=1))
    talk(database, ("hỏi lại rồi được", "clarification"), ("ý tôi là", "answered"))
    talk(database, ("trả lời sai số ⟦phone:1⟧", "answered"), entry="faq-001", wrong=True)
    talk(database, ("trả lời đúng", "answered"), entry="faq-001")
    talk(database, ("trả lời rồi vẫn phải gặp người", "answered"), ("cho gặp cán bộ", "handed_over"), entry="faq-001")
    talk(database, ("chào", "smalltalk"), ("cho gặp cán bộ luôn", "handed_over"))
    with database.read() as session:
        found = {(lost.text, lost.reason, lost.entry) for lost in fresh(session)}
    assert found == {
        ("câu bị từ chối", "unanswered", None),
        ("hỏi lại rồi thôi", "clarification", None),
        ("trả lời sai số ⟦phone:1⟧", "wrong", "faq-001"),
        ("trả lời rồi vẫn phải gặp người", "handed_over", "faq-001"),
    }


def test_questions_of_one_meaning_are_one_group() -> None:
    known = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    assert nearest_group(np.array([0.95, 0.3122499], np.float32), known) == 0
    assert nearest_group(np.array([0.7071, 0.7071], np.float32), known) is None
    assert nearest_group(np.array([1.0, 0.0], np.float32), known[:0]) is None


def test_groups_are_ranked_by_people_and_leave_when_answered(console: Console, database: Database) -> None:
    for _ in range(3):
        talk(database, (PARKING, "unanswered"))
    talk(database, (SATELLITE, "unanswered"), (SATELLITE, "unanswered"))
    talk(database, ("làm giấy khai sinh cho con cần giấy tờ gì", "unanswered"))
    _gather(console)
    parking, satellite = _groups(database)
    assert (parking.people, satellite.people) == (3, 1)
    (closed,) = _groups(database, "closed")
    assert closed.answered_by == "1.001193"
    _gather(console)
    assert [group.people for group in _groups(database)] == [3, 1]


def test_a_group_that_was_closed_comes_back_with_the_next_person(
    console: Console, database: Database, sign_in: Callable[..., StaffBrowser]
) -> None:
    talk(database, (SATELLITE, "unanswered"))
    _gather(console)
    curator = sign_in("curator")
    curator.open("/console/unanswered")
    page = curator.send(f"/console/unanswered/{_groups(database)[0].id}/close")
    assert "Đã đóng" in words(page)
    assert SATELLITE not in words(page)
    assert SATELLITE in words(curator.open("/console/unanswered?state=closed"))
    talk(database, (SATELLITE, "unanswered"), ago=timedelta())
    _gather(console)
    (group,) = _groups(database)
    assert (group.returned, group.people) == (1, 2)
    assert "trở lại 1 lần" in words(curator.open("/console/unanswered"))


def test_an_answer_called_wrong_waits_until_it_is_changed(console: Console, database: Database) -> None:
    question = "làm giấy khai sinh cho con cần giấy tờ gì"
    talk(database, (question, "answered"), entry="1.001193", wrong=True, ago=timedelta())
    _gather(console)
    (group,) = _groups(database)
    with database.write() as session:
        (live,) = session.scalars(select(RevisionRow).filter_by(entry_id="1.001193", state="published"))
        live.created_at = now() + timedelta(minutes=1)
        session.get_one(UnansweredGroupRow, group.id).snapshot = 0
    _gather(console)
    assert _groups(database) == []


def test_a_conversation_that_is_erased_takes_its_questions_along(console: Console, database: Database) -> None:
    talk(database, (SATELLITE, "unanswered"))
    _gather(console)
    with database.write() as session:
        session.delete(session.scalars(select(ConversationRow)).one())
        session.execute(update(UnansweredGroupRow).values(snapshot=0))
    _gather(console)
    assert _groups(database) == []


def test_one_button_begins_an_answer(
    console: Console, database: Database, sign_in: Callable[..., StaffBrowser]
) -> None:
    talk(database, (f"{SATELLITE} cho số ⟦phone:1⟧", "unanswered"))
    _gather(console)
    curator = sign_in("curator")
    page = curator.open("/console/unanswered")
    assert f"{SATELLITE} cho số [số điện thoại]" in words(page)
    form = curator.send(f"/console/unanswered/{_groups(database)[0].id}/answer")
    assert form.url.path.endswith("/edit")
    assert f"{SATELLITE[0].upper()}{SATELLITE[1:]} cho số?" in form.text
    assert "phone" not in form.text
    assert "Bản nháp" in words(curator.open("/console/unanswered"))


@pytest.mark.parametrize(("way", "field"), [("example", "examples"), ("name", "common_names")])
def test_one_button_adds_to_an_entry(
    console: Console, database: Database, sign_in: Callable[..., StaffBrowser], way: str, field: str
) -> None:
    talk(database, (PARKING, "unanswered"))
    _gather(console)
    curator = sign_in("curator")
    curator.open("/console/unanswered")
    page = curator.send(f"/console/unanswered/{_groups(database)[0].id}/{way}", entry="faq-001", name=PARKING)
    assert page.url.path == "/console/entries/faq-001"
    assert "Đã thêm vào bản nháp" in words(page)
    with database.read() as session:
        newest = drafts.newest(session, "faq-001")
        assert newest is not None
        assert PARKING in newest.content[field]
        assert newest.state == "draft"


def test_a_group_or_entry_that_is_gone_is_explained(sign_in: Callable[..., StaffBrowser], database: Database) -> None:
    curator = sign_in("curator")
    curator.open("/console/unanswered")
    refused = curator.send("/console/unanswered/99/example", entry="faq-001")
    assert refused.status_code == 409
    assert "không còn nữa" in words(refused)
