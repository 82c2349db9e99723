"""Browser: a person is called, answers by name, and leaves; the citizen sees each step."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from store import hand_over, turns
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from tests.browser.citizen import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
NAME = "Nguyễn Thị Mẫu"


def _staff_writes(store: Database, conversation_id: str, text: str) -> None:
    with store.write() as session:
        row = session.get_one(ConversationRow, conversation_id)
        row.state, row.agent = "person", NAME
        turns.append(session, row, [TurnRow(author="person", text=text, messages=[], details={"name": NAME})])


def _staff_leaves(store: Database, conversation_id: str) -> None:
    with store.write() as session:
        ticket = hand_over.open_hand_over(session, conversation_id)
        assert ticket is not None
        hand_over.close(session, ticket)


async def test_the_citizen_sees_the_queue_the_person_and_the_end(citizen: Citizen, running_store: Database) -> None:
    await citizen.open()
    await citizen.press(citizen.page.get_by_role("button", name="Gặp cán bộ").first)
    strip = citizen.page.locator(".strip")
    await expect(strip).to_contain_text(re.compile("gặp cán bộ|Đang chờ cán bộ"))
    assert await citizen.log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 2
    assert await citizen.violations() == []

    conversation = await citizen.conversation(running_store)
    _staff_writes(running_store, conversation.id, "Chào anh/chị, tôi xem hồ sơ ngay.")
    person = citizen.page.locator("article.person")
    await expect(person).to_contain_text("tôi xem hồ sơ ngay")
    await expect(person).to_contain_text(NAME)
    await expect(strip).to_have_text(f"{NAME} đang trò chuyện với anh/chị")
    assert await citizen.violations() == []

    await citizen.page.reload()
    await expect(person).to_contain_text(NAME)
    await expect(strip).to_have_text(f"{NAME} đang trò chuyện với anh/chị")

    _staff_leaves(running_store, conversation.id)
    await expect(strip).to_be_hidden()
    await expect(citizen.page.get_by_role("heading", name="Anh/chị hài lòng đến mức nào?")).to_be_visible()
