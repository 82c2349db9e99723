"""The switch that pauses the assistant, and what all citizens are told, through the one door of all channels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.channels.web import sessions
from bot.channels.web.announcements import announcement_router
from bot.conversation import Conversation
from bot.messages import Reply, UserMessage
from console.pages import Console
from store.base import new_id, now
from store.engine import Database
from tests.console.staff import StaffBrowser, words
from voice.book import load_book
from voice.call import next_step
from voice.call_state import Began, CallState, World

BANNER = "Bão số 9: các trung tâm nghỉ chiều nay."
PAUSE = "Trợ lý tạm dừng để kiểm tra."


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


async def _ask(conversation: Conversation, database: Database, *texts: str) -> list[Reply]:
    with database.write() as session:
        row, _ = sessions.start(session)
    return [await conversation.reply(UserMessage(row.id, "web", text, new_id(), now())) for text in texts]


async def test_a_paused_assistant_says_so_and_still_sends_for_help(
    conversation: Conversation, database: Database, sign_in: Callable[..., StaffBrowser]
) -> None:
    browser = sign_in("supervisor")
    browser.open("/console/notices")
    assert PAUSE in words(browser.send("/console/notices/pause", text=PAUSE))
    asked, urgent = await _ask(conversation, database, "làm giấy khai sinh cần gì", "nhà tôi đang cháy")
    assert (asked.status, asked.messages[0].text) == ("unavailable", PAUSE)
    assert urgent.status == "urgent"
    browser.send("/console/notices/pause/end")
    (again,) = await _ask(conversation, database, "làm giấy khai sinh cần gì")
    assert again.status == "answered"


async def test_a_notice_comes_before_the_next_answer_only(
    conversation: Conversation, database: Database, sign_in: Callable[..., StaffBrowser]
) -> None:
    browser = sign_in("supervisor")
    browser.open("/console/notices")
    browser.send("/console/notices/notice", text="Chiều nay trung tâm nghỉ.")
    first, second = await _ask(conversation, database, "làm giấy khai sinh cần gì", "lệ phí khai sinh bao nhiêu")
    assert first.messages[0].text == "Chiều nay trung tâm nghỉ."
    assert first.status == "answered"
    assert "Chiều nay" not in second.messages[0].text


async def test_an_emergency_reaches_every_channel_at_once(
    conversation: Conversation, console: Console, database: Database, sign_in: Callable[..., StaffBrowser], app: FastAPI
) -> None:
    app.include_router(announcement_router(database))
    told = TestClient(app).get("/api/chat/notices")
    assert told.json() == {"banner": None, "notice": None, "pause": None}
    with database.write() as session:
        row, _ = sessions.start(session)

    async def ask(text: str) -> list[str]:
        reply = await conversation.reply(UserMessage(row.id, "web", text, new_id(), now()))
        return [message.text for message in reply.messages]

    assert BANNER not in await ask("làm giấy khai sinh cần gì")
    browser = sign_in("supervisor")
    browser.open("/console/notices")
    assert BANNER in words(browser.send("/console/notices/banner", text=BANNER))
    assert (await ask("lệ phí khai sinh bao nhiêu"))[0] == BANNER
    assert BANNER not in await ask("làm giấy khai sinh ở đâu")
    assert TestClient(app).get("/api/chat/notices").json()["banner"] == BANNER


def test_a_caller_hears_the_emergency_once_speech_is_announced() -> None:
    world = World(open=True, opening="", window="", values={"ten_tinh": "Tỉnh Mẫu"}, banner=BANNER)
    step = next_step(CallState(), Began(), load_book(), world)
    assert "từ chối, bấm 8" in step.say[0].text
    assert step.say[1].text == BANNER


@pytest.mark.parametrize("kind", ["banner", "notice", "pause"])
def test_nothing_is_no_notice(sign_in: Callable[..., StaffBrowser], kind: str) -> None:
    browser = sign_in("supervisor")
    browser.open("/console/notices")
    assert browser.send(f"/console/notices/{kind}", text="  ").status_code == 422
    assert browser.send("/console/notices/other", text="x").status_code == 404
