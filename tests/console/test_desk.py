"""The desk: read a conversation, write back, close, give back to the assistant, call back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.channels.web import sessions
from bot.messages import Reply
from console.desk import QUEUE
from console.pages import LIVE, Console
from console.presence import LOST_AFTER
from store import hand_over, secrets, turns
from store.base import now
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow, StaffSessionRow, UserRow
from store.tickets import RatingRow, TicketRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
PHONE = "0912345678"


@pytest.fixture
def ticket(database: Database, vault: Vault) -> TicketRow:
    """Somebody who asked for a person and left a number."""
    with database.write() as session:
        row, _ = sessions.start(session)
        number = secrets.keep(session, vault, row.id, "phone", PHONE)
        asked = TurnRow(author="citizen", text=f"gọi tôi số ⟦phone:{number}⟧ <script>alert(1)</script>", messages=[])
        turns.append(session, row, [asked])
        made = hand_over.take_ticket(session, "hand_over", row, promised_until=now())
        hand_over.keep_contact(made, vault, PHONE)
        row.state = "queued"
    return made


def _state(database: Database, ticket: TicketRow) -> tuple[str, str | None, str]:
    with database.read() as session:
        conversation = session.get_one(ConversationRow, ticket.conversation_id)
        return conversation.state, conversation.agent, session.get_one(TicketRow, ticket.id).state


def _turns(database: Database, ticket: TicketRow) -> list[TurnRow]:
    with database.read() as session:
        return turns.after(session, str(ticket.conversation_id), 0)


def test_who_waits_is_listed_with_the_promise(sign_in: SignIn, ticket: TicketRow) -> None:
    page = words(sign_in().open("/console"))
    assert ticket.number in page
    assert "Gặp cán bộ" in page
    assert "Quá hẹn" in page


def test_the_conversation_is_read_with_values_hidden_and_the_number_to_call(
    sign_in: SignIn, ticket: TicketRow, database: Database
) -> None:
    page = sign_in().open(f"/console/tickets/{ticket.id}")
    assert "gọi tôi số [số điện thoại]" in words(page)
    assert "<script>alert" not in page.text
    assert f'href="tel:{PHONE}"' in page.text
    with database.read() as session:
        look = session.scalars(select(AuditRow).where(AuditRow.action == "read a conversation")).one()
    assert (look.user, look.target) == ("agent1", ticket.number)


def test_reloading_is_one_look(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    for _ in range(3):
        browser.open(f"/console/tickets/{ticket.id}")
    with database.read() as session:
        assert len(session.scalars(select(AuditRow).where(AuditRow.action == "read a conversation")).all()) == 1


def test_hidden_values_are_shown_on_demand_and_recorded(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    browser.open(f"/console/tickets/{ticket.id}")
    assert f"gọi tôi số {PHONE}" in words(browser.send(f"/console/tickets/{ticket.id}/reveal"))
    with database.read() as session:
        assert session.scalars(select(AuditRow).where(AuditRow.action == "opened personal values")).one()


def test_taking_writing_and_giving_back(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    path = f"/console/tickets/{ticket.id}"
    browser.open(path)
    assert "Đã nhận" in words(browser.send(f"{path}/take"))
    assert _state(database, ticket) == ("person", "agent1", "taken")
    assert "Đã gửi" in words(browser.send(f"{path}/write", text="Chào chị, tôi gọi 0987654321 nhé."))
    turn = _turns(database, ticket)[-1]
    assert (turn.author, turn.details["name"]) == ("person", "Cán bộ agent1")
    assert "0987654321" not in turn.text
    assert "⟦phone:2⟧" in turn.text
    assert "Đã đóng" in words(browser.send(f"{path}/close", text="Đã hướng dẫn."))
    assert _state(database, ticket) == ("assistant", None, "closed")
    assert ticket.number not in words(browser.open("/console"))
    assert ticket.number in words(browser.open("/console?state=closed"))
    with database.read() as session:
        assert session.get_one(TicketRow, ticket.id).answer == "Đã hướng dẫn."


def test_writing_takes_the_ticket_and_reaches_the_channel(
    sign_in: SignIn, ticket: TicketRow, console: Console, database: Database
) -> None:
    sent: list[Reply] = []
    console.deliver["web"] = lambda session, conversation, reply: sent.append(reply)
    browser = sign_in()
    browser.open(f"/console/tickets/{ticket.id}")
    browser.send(f"/console/tickets/{ticket.id}/write", text="Chào anh.")
    assert _state(database, ticket) == ("person", "agent1", "taken")
    assert [reply.messages[0].text for reply in sent] == ["Cán bộ agent1: Chào anh."]


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_nothing_and_too_much_are_not_sent(sign_in: SignIn, ticket: TicketRow, database: Database, text: str) -> None:
    browser = sign_in()
    browser.open(f"/console/tickets/{ticket.id}")
    refused = browser.send(f"/console/tickets/{ticket.id}/write", text=text)
    assert refused.status_code == 409
    assert text in refused.text
    assert len(_turns(database, ticket)) == 1


def test_a_colleague_has_it(sign_in: SignIn, ticket: TicketRow) -> None:
    first, second = sign_in(name="ha"), sign_in(name="binh")
    path = f"/console/tickets/{ticket.id}"
    for browser in (first, second):
        browser.open(path)
    first.send(f"{path}/take")
    refused = second.send(f"{path}/write", text="Chào anh.")
    assert refused.status_code == 409
    assert "Đồng nghiệp đã nhận" in words(refused)


def test_a_ticket_is_transferred(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    first, _ = sign_in(name="ha"), sign_in(name="binh")
    sign_in("curator", name="bien")
    path = f"/console/tickets/{ticket.id}"
    first.open(path)
    first.send(f"{path}/take")
    assert first.send(f"{path}/transfer", to="bien").status_code == 409
    assert "Đã chuyển" in words(first.send(f"{path}/transfer", to="binh"))
    assert _state(database, ticket) == ("person", "binh", "taken")


def test_a_ticket_goes_back_to_the_queue(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    path = f"/console/tickets/{ticket.id}"
    browser.open(path)
    browser.send(f"{path}/take")
    browser.send(f"{path}/transfer", to=QUEUE)
    assert _state(database, ticket) == ("queued", None, "open")
    with database.read() as session:
        assert hand_over.place_in_queue(session, session.get_one(TicketRow, ticket.id)) == 1


def test_what_a_colleague_holds_is_taken_over_by_supervisors_or_when_the_colleague_is_gone(
    sign_in: SignIn, ticket: TicketRow, database: Database
) -> None:
    first, second, senior = sign_in(name="ha"), sign_in(name="binh"), sign_in("supervisor", name="truong")
    path = f"/console/tickets/{ticket.id}"
    first.send(f"{path}/take")
    for action in ("take", "close", "transfer"):
        assert second.send(f"{path}/{action}", to="binh").status_code == 409
    senior.send(f"{path}/take")
    assert _state(database, ticket) == ("person", "truong", "taken")
    with database.write() as session:
        session.get_one(UserRow, "truong").last_seen = now() - LOST_AFTER - timedelta(seconds=1)
    second.send(f"{path}/take")
    assert _state(database, ticket) == ("person", "binh", "taken")


def test_the_same_form_twice_is_one_message(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    page = browser.open(f"/console/tickets/{ticket.id}")
    key = re.findall(r'name="key" value="([^"]+)"', page.text)[0]
    for _ in range(2):
        assert browser.send(f"/console/tickets/{ticket.id}/write", text="Chào chị.", key=key).status_code == 200
    assert [turn.text for turn in _turns(database, ticket)[1:]] == ["Chào chị."]


def test_who_is_here_is_shown(sign_in: SignIn, database: Database) -> None:
    browser, _ = sign_in(name="ha"), sign_in(name="binh")
    assert "Cán bộ ha đang trực" in words(browser.open("/console"))
    assert "Cán bộ ha tạm vắng" in words(browser.send("/console/presence"))
    with database.write() as session:
        session.get_one(UserRow, "binh").last_seen = now() - timedelta(minutes=3)
    assert "Cán bộ binh không có mặt" in words(browser.open("/console"))
    assert "Cán bộ ha đang trực" in words(browser.send("/console/presence", available="1"))


def test_a_call_back_is_noted_and_comes_up_again(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    path = f"/console/tickets/{ticket.id}"
    browser.open(path)
    assert "Không nghe máy; gọi lại" in words(browser.send(f"{path}/tried", how="no_answer"))
    assert "Không nghe máy, gọi lại" in words(browser.open("/console"))
    assert browser.send(f"{path}/tried", how="hung up").status_code == 409
    with database.read() as session:
        (attempt,) = session.get_one(TicketRow, ticket.id).details["attempts"]
    assert datetime.fromisoformat(attempt["again"]) > now()


def test_an_answer_is_marked_as_wrong_once(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    with database.write() as session:
        row = session.get_one(ConversationRow, ticket.conversation_id)
        said = TurnRow(id="said", author="assistant", text="Miễn phí.", status="answered", messages=[])
        turns.append(session, row, [said])
    browser = sign_in()
    path = f"/console/tickets/{ticket.id}"
    browser.open(path)
    for _ in range(2):
        assert "đã đánh dấu: trả lời sai" in words(browser.send(f"{path}/wrong", turn="said"))
    assert browser.send(f"{path}/wrong", turn=_turns(database, ticket)[0].id).status_code == 409
    with database.read() as session:
        marked = session.scalars(select(RatingRow)).one()
    assert (marked.turn_id, marked.helpful, marked.by) == ("said", False, "agent1")


def test_a_ticket_is_found_by_its_number(sign_in: SignIn, ticket: TicketRow) -> None:
    browser = sign_in()
    assert ticket.number in words(browser.open(f"/console?number={ticket.number.lower()}"))
    assert "Không có yêu cầu nào" in words(browser.open("/console?number=CB-00-000000"))


def test_a_page_that_brings_itself_up_to_date_keeps_nobody_signed_in(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    before = now() - timedelta(minutes=20)
    with database.write() as session:
        session.scalars(select(StaffSessionRow)).one().seen_at = before
        session.get_one(UserRow, "agent1").last_seen = before
    browser.http.get("/console", headers={LIVE: "1"})
    with database.read() as session:
        assert session.scalars(select(StaffSessionRow)).one().seen_at == before
        assert session.get_one(UserRow, "agent1").last_seen > now() - timedelta(minutes=1)


def test_a_refused_step_shows_the_conversation_and_is_a_look(
    sign_in: SignIn, ticket: TicketRow, database: Database
) -> None:
    browser = sign_in()
    browser.open("/console")
    refused = browser.send(f"/console/tickets/{ticket.id}/write", text="")
    assert refused.status_code == 409
    assert PHONE in refused.text
    with database.read() as session:
        look = session.scalars(select(AuditRow).where(AuditRow.action == "read a conversation")).one()
    assert (look.user, look.target) == ("agent1", ticket.number)


def test_notes_stay_among_staff(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    browser = sign_in()
    browser.open(f"/console/tickets/{ticket.id}")
    page = browser.send(f"/console/tickets/{ticket.id}/note", text=f"<b>Đã gọi</b> {PHONE}, chưa nghe máy")
    assert "<b>Đã gọi</b> [số điện thoại], chưa nghe máy" in words(page)
    assert len(_turns(database, ticket)) == 1


def test_an_erased_conversation_leaves_the_callback(sign_in: SignIn, ticket: TicketRow, database: Database) -> None:
    with database.write() as session:
        sessions.erase(session, str(ticket.conversation_id))
    browser = sign_in()
    page = browser.open(f"/console/tickets/{ticket.id}")
    assert f'href="tel:{PHONE}"' in page.text
    assert "đã xoá cuộc trò chuyện" in words(page)
    assert browser.send(f"/console/tickets/{ticket.id}/write", text="Chào").status_code == 409
    assert "Đã đóng" in words(browser.send(f"/console/tickets/{ticket.id}/close", text="Đã gọi."))


def test_an_unknown_ticket_is_a_page(sign_in: SignIn) -> None:
    missing = sign_in().open("/console/tickets/none")
    assert missing.status_code == 404
    assert "Không có yêu cầu này" in words(missing)


def test_a_page_allows_no_foreign_part(browser: StaffBrowser) -> None:
    page = browser.open("/console/sign-in")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.text)
    for name in re.findall(r"/console/static/[\w.]+", page.text):
        assert browser.http.get(name).status_code == 200
    assert browser.http.get("/console/static/../pages.py").status_code == 404


def test_a_large_body_is_refused_unread(http_of: TestClient) -> None:
    refused = http_of.post("/console/sign-in", content=b"x", headers={"Content-Length": str(2 << 20)})
    assert refused.status_code == 413


@pytest.fixture
def http_of(browser: StaffBrowser) -> TestClient:
    return browser.http
