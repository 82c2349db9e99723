"""The inbox of unanswered questions on a small live base."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bot.channels.web import sessions
from console.pages import Console
from console.unanswered import group_by_meaning, lost_questions, open_groups
from store import turns
from store.base import new_id
from store.conversations import TurnRow
from store.engine import Database
from store.tickets import RatingRow
from tests.console.staff import StaffBrowser, words


def _talk(database: Database, *asked: tuple[str, str], entry: str | None = None, wrong: bool = False) -> None:
    with database.write() as session:
        row, _ = sessions.start(session)
        for text, status in asked:
            question = TurnRow(id=new_id(), author="citizen", text=text, messages=[])
            said = TurnRow(
                id=new_id(),
                author="assistant",
                text="…",
                reply_to=question.id,
                status=status,
                entry_id=entry,
                messages=[],
            )
            turns.append(session, row, [question, said])
        if wrong:
            session.flush()
            session.add(RatingRow(conversation_id=row.id, turn_id=said.id, helpful=False))


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture(autouse=True)
def live(console: Console) -> None:
    console.knowledge.load()


def test_what_counts_as_lost(database: Database) -> None:
    _talk(database, ("câu bị từ chối", "unanswered"))
    _talk(database, ("hỏi lại rồi thôi", "clarification"))
    _talk(database, ("hỏi lại rồi được", "clarification"), ("ý tôi là", "answered"))
    _talk(database, ("trả lời sai số ⟦phone:1⟧", "answered"), entry="faq-001", wrong=True)
    _talk(database, ("trả lời đúng", "answered"), entry="faq-001")
    with database.read() as session:
        found = {lost.question for lost in lost_questions(session)}
    assert found == {"câu bị từ chối", "hỏi lại rồi thôi", "trả lời sai số [số điện thoại]"}


def test_questions_of_one_meaning_are_one_group(database: Database) -> None:
    for text in ("một", "hai", "ba"):
        _talk(database, (text, "unanswered"))
    with database.read() as session:
        lost = lost_questions(session)
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.95, 0.3122499]], np.float32)
    groups = group_by_meaning(lost, vectors)
    assert [group.people for group in groups] == [2, 1]


def test_groups_are_ranked_by_people_and_leave_when_answered(console: Console, database: Database) -> None:
    for _ in range(3):
        _talk(database, ("trung tâm có chỗ gửi xe máy không", "unanswered"))
    _talk(database, ("bãi gửi xe máy của trung tâm ở đâu", "unanswered"))
    _talk(database, ("xin cấp phép phóng vệ tinh vũ trụ", "unanswered"))
    _talk(database, ("làm giấy khai sinh cho con cần giấy tờ gì", "unanswered"))
    with database.read() as session:
        groups = open_groups(session, console.knowledge, console.press.cache)
    assert groups[0].texts[0] in ("trung tâm có chỗ gửi xe máy không", "bãi gửi xe máy của trung tâm ở đâu")
    assert groups[0].people >= 3
    assert "làm giấy khai sinh cho con cần giấy tờ gì" not in {text for group in groups for text in group.texts}


def test_the_page_leads_to_an_answer(sign_in: Callable[..., StaffBrowser], database: Database) -> None:
    _talk(database, ("xin cấp phép phóng vệ tinh vũ trụ", "unanswered"))
    curator = sign_in("curator")
    page = curator.open("/console/unanswered")
    assert "xin cấp phép phóng vệ tinh vũ trụ" in words(page)
    form = curator.open("/console/entries/new?kind=faq&title=Phóng vệ tinh&example=xin cấp phép phóng vệ tinh vũ trụ")
    assert "xin cấp phép phóng vệ tinh vũ trụ" in form.text
    assert 'value="Phóng vệ tinh"' in form.text
