"""Messages that are stuck: seen without a personal value, tried again, given up; each on the record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.channels.web import sessions
from bot.conversation import Conversation
from bot.inbound import seal
from bot.messages import Reply, UserMessage
from console.pages import Console
from store import turns
from store.base import now
from store.conversations import InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.inbox import MAX_ATTEMPTS
from store.outbox import OutboxRow
from store.staff import AuditRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
QUESTION = "Tôi là Nguyễn Văn Tèo, số 0912345678, hỏi lệ phí khai sinh"


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


@pytest.fixture
def stuck(database: Database, vault: Vault) -> str:
    """A conversation with a message that was not answered and two replies that were not sent, one of them gone."""
    with database.write() as session:
        row, _ = sessions.start(session)
        message = UserMessage(row.id, "web", QUESTION, message_id="m1", at=now())
        session.add(
            InboxRow(
                conversation_id=row.id, message_id="m1", channel="web", sealed=seal(vault, message),
                state="parked", attempts=MAX_ATTEMPTS + 1,
            )
        )  # fmt: skip
        said = TurnRow(id="t1", author="assistant", text="Hẹn anh/chị chiều mai.", messages=[])
        turns.append(session, row, [said])
        for part, sealed in enumerate((b"sealed", None)):
            session.add(
                OutboxRow(
                    conversation_id=row.id, channel="zalo", turn_id="t1", part=part, sealed=sealed, state="parked",
                    attempts=3, error="-213",
                )
            )  # fmt: skip
        return row.id


def test_what_is_stuck_is_shown_masked_with_its_last_error(sign_in: SignIn, stuck: str) -> None:
    browser = sign_in("supervisor")
    assert "Tin bị kẹt 3" in words(browser.open("/console"))
    page = words(browser.open("/console/parked"))
    assert "hỏi lệ phí khai sinh" in page
    assert "[số điện thoại]" in page
    assert "0912345678" not in page
    assert "Hẹn anh/chị chiều mai." in page
    assert "lỗi sau cùng: -213" in page
    assert "Nội dung không còn" not in page


async def test_a_message_that_is_tried_again_is_answered_once(
    sign_in: SignIn, stuck: str, conversation: Conversation, database: Database
) -> None:
    browser = sign_in("supervisor")
    browser.open("/console/parked")
    assert await conversation.recover() == 0
    assert "Đang thử lại" in words(browser.send("/console/parked/in/1/retry"))
    assert browser.send("/console/parked/in/1/retry").status_code == 404
    assert await conversation.recover() == 1
    assert await conversation.recover() == 0
    with database.read() as session:
        row = session.get_one(InboxRow, 1)
        answers = session.scalars(select(TurnRow).filter_by(reply_to=None, author="citizen")).all()
        assert (row.state, row.sealed) == ("done", None)
        assert len(answers) == 1
        notes = session.scalars(select(AuditRow).filter_by(action="retried a message")).all()
    assert [(note.user, note.target) for note in notes] == [("supervisor1", "in 1")]


def test_a_reply_is_sent_again_or_given_up(sign_in: SignIn, stuck: str, database: Database) -> None:
    browser = sign_in("supervisor")
    browser.open("/console/parked")
    assert browser.send("/console/parked/out/1/retry").status_code == 200
    assert browser.send("/console/parked/out/2/retry").status_code == 409
    assert "Đã bỏ tin" in words(browser.send("/console/parked/out/2/discard"))
    assert "Đã bỏ tin" in words(browser.send("/console/parked/in/1/discard"))
    assert "Không có tin nào bị kẹt" in words(browser.open("/console/parked"))
    assert browser.send("/console/parked/sideways/1/discard").status_code == 422
    with database.read() as session:
        sent, gone = session.get_one(OutboxRow, 1), session.get_one(OutboxRow, 2)
        assert (sent.state, sent.attempts, sent.sealed) == ("waiting", 0, b"sealed")
        assert gone.state == "discarded"
        assert session.get_one(InboxRow, 1).sealed is None
        notes = session.scalars(select(AuditRow).filter_by(action="discarded a message")).all()
    assert [note.target for note in notes] == ["out 2", "in 1"]


def test_whose_message_is_given_up_is_told_once(sign_in: SignIn, stuck: str, console: Console) -> None:
    sent: list[Reply] = []
    console.deliver["web"] = lambda session, conversation, reply: sent.append(reply)
    browser = sign_in("supervisor")
    browser.open("/console/parked")
    browser.send("/console/parked/out/1/discard")
    for _ in range(2):
        browser.send("/console/parked/in/1/discard")
    with console.database.read() as session:
        apology = turns.latest(session, stuck)[-1]
    assert (apology.author, apology.status) == ("assistant", "unavailable")
    assert apology.text.startswith("Xin lỗi anh/chị, tin nhắn gửi lúc ")
    assert [(reply.turn_id, reply.messages[0].text) for reply in sent] == [(apology.id, apology.text)]


def test_a_message_that_cannot_be_read_can_be_given_up(sign_in: SignIn, stuck: str, database: Database) -> None:
    with database.write() as session:
        session.get_one(InboxRow, 1).sealed = b"of another key"
    browser = sign_in("supervisor")
    assert "Tin bị kẹt" in words(browser.open("/console/parked"))
    assert "Đã bỏ tin" in words(browser.send("/console/parked/in/1/discard"))
