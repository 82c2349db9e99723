"""What helps somebody to answer: suggested answers, canned replies, what the assistant understood."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from bot.channels.web import sessions
from console.pages import Console
from store import hand_over, turns
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.tickets import TicketRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture
def ticket(database: Database, console: Console) -> TicketRow:
    """Somebody who asked about a birth certificate, was answered, and wants a person."""
    console.knowledge.load()
    with database.write() as session:
        row, _ = sessions.start(session)
        asked = TurnRow(author="citizen", text="khai sinh cho con cần giấy tờ gì", messages=[])
        said = TurnRow(
            author="assistant", text="!", status="answered", entry_id="1.001193", aspect="documents", messages=[]
        )
        turns.append(session, row, [asked, said])
        return hand_over.take_ticket(session, "hand_over", row)


def _written(page: str) -> str:
    return unescape(re.findall(r"<textarea name=\"text\" rows=\"5\"[^>]*>(.*?)</textarea>", page, re.DOTALL)[0])


def test_the_nearest_answers_are_offered_and_put_into_the_draft(sign_in: SignIn, ticket: TicketRow) -> None:
    browser = sign_in()
    page = browser.open(f"/console/tickets/{ticket.id}")
    assert "Đang hỏi về Đăng ký khai sinh" in words(page)
    key = re.findall(r'name="insert" value="([^"]+)"', page.text)[0]
    assert key == "1.001193|documents"
    drafted = browser.send(f"/console/tickets/{ticket.id}/draft", text="Chào chị,", insert=key)
    assert _written(drafted.text).startswith("Chào chị,\n")
    assert "chứng sinh" in _written(drafted.text)


def test_the_place_and_the_open_form_are_shown_masked(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    spoken = (
        ("assistant", "Anh/chị ở xã nào ạ?", "clarification", {}),
        ("citizen", "xã Mẫu Bốn", None, {}),
        ("assistant", "Nộp tại xã.", "answered", {"lives_in": "xã Mẫu Bốn"}),
        ("citizen", "tôi muốn phản ánh", None, {}),
        ("assistant", "Anh/chị phản ánh việc gì ạ?", "form", {}),
        ("citizen", "đường hỏng, gọi tôi số ⟦phone:1⟧", None, {}),
        ("assistant", "Việc đó ở đâu ạ?", "form", {}),
    )
    with database.write() as session:
        row = session.get_one(ConversationRow, ticket.conversation_id)
        said = [TurnRow(author=a, text=t, status=s, details=d, messages=[]) for a, t, s, d in spoken]
        turns.append(session, row, said)
    page = words(sign_in().open(f"/console/tickets/{ticket.id}"))
    assert "Nơi ở đã nói xã Mẫu Bốn" in page
    assert "Đang điền Anh/chị phản ánh việc gì ạ? đường hỏng, gọi tôi số [số điện thoại]" in page
    assert "Đang điền Việc đó ở đâu ạ? chưa trả lời" in page


def test_canned_replies_are_written_by_supervisors_and_used_at_the_desk(sign_in: SignIn, ticket: TicketRow) -> None:
    senior, agent = sign_in("supervisor"), sign_in()
    assert "Đã lưu" in words(senior.send("/console/replies", title="Chào", text="Chào anh/chị <b>, tôi xem ngay."))
    page = agent.open(f"/console/tickets/{ticket.id}")
    assert "<b>, tôi" not in page.text
    drafted = agent.send(f"/console/tickets/{ticket.id}/draft", text="", insert="1")
    assert _written(drafted.text) == "Chào anh/chị <b>, tôi xem ngay."
    assert agent.send("/console/replies", title="x", text="y").status_code == 403
    senior.send("/console/replies/1", title="Chào", text="Xin chào.")
    assert "Xin chào." in words(agent.open("/console/replies"))
    senior.send("/console/replies/1/remove")
    assert "Chưa có câu nào" in words(agent.open("/console/replies"))


@pytest.mark.parametrize("fields", [{"title": "", "text": "Chào."}, {"title": "Gọi", "text": "Gọi tôi 0912345678."}])
def test_a_canned_reply_needs_a_name_and_holds_nothing_personal(sign_in: SignIn, fields: dict[str, str]) -> None:
    assert sign_in("supervisor").send("/console/replies", **fields).status_code == 422
