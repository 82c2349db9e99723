"""Browser: nothing is lost and nothing is sent twice when the network or the server fails."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from store import turns
from store.engine import Database
from tests.browser.citizen import PAPERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
MESSAGES = "**/api/chat/messages"


async def _stored(citizen: Citizen, store: Database) -> list[str]:
    row = await citizen.conversation(store)
    with store.read() as session:
        return [turn.text for turn in turns.after(session, row.id, 0) if turn.author == "citizen"]


async def test_questions_written_offline_are_sent_once_in_order(citizen: Citizen, running_store: Database) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    await citizen.context.set_offline(True)
    await citizen.write("nộp ở đâu")
    await citizen.write("hết bao nhiêu tiền")
    await expect(citizen.page.get_by_role("alert")).to_contain_text("Mất kết nối")
    await expect(citizen.page.locator("article.citizen .state:visible")).to_have_text(["Chờ gửi", "Chờ gửi"])
    assert await citizen.violations() == []
    await citizen.context.set_offline(False)
    await expect(citizen.answers).to_have_count(3)
    await expect(citizen.page.get_by_role("alert")).to_be_hidden()
    assert await _stored(citizen, running_store) == [PAPERS, "nộp ở đâu", "hết bao nhiêu tiền"]


async def test_a_question_survives_a_reload_while_the_server_is_away(citizen: Citizen, running_store: Database) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    await citizen.page.route(MESSAGES, lambda route: route.abort())
    await citizen.write("nộp ở đâu")
    await expect(citizen.page.locator("article.citizen .state:visible")).to_have_text("Chờ gửi")
    await citizen.page.reload()
    await expect(citizen.page.locator("article.citizen")).to_have_count(2)
    await citizen.page.unroute(MESSAGES)
    await expect(citizen.answers).to_have_count(2)
    assert await _stored(citizen, running_store) == [PAPERS, "nộp ở đâu"]


async def test_a_lost_reply_is_fetched_without_asking_twice(citizen: Citizen, running_store: Database) -> None:
    lost: list[str] = []

    async def lose_first(route: Route) -> None:
        if lost:
            await route.continue_()
            return
        lost.append((await route.fetch()).url)
        await route.abort()

    await citizen.page.route(MESSAGES, lose_first)
    await citizen.open()
    await citizen.ask(PAPERS)
    await expect(citizen.page.locator("article.citizen .state")).to_be_hidden()
    await expect(citizen.answers).to_have_count(1)
    assert lost
    assert await _stored(citizen, running_store) == [PAPERS]


async def test_a_busy_server_is_given_the_time_it_asks_for(citizen: Citizen) -> None:
    refused: list[str] = []

    async def busy_once(route: Route) -> None:
        if refused:
            await route.continue_()
            return
        refused.append(route.request.url)
        await route.fulfill(
            status=429, headers={"Retry-After": "1"}, content_type="application/problem+json", body="{}"
        )

    await citizen.page.route(MESSAGES, busy_once)
    await citizen.open()
    await citizen.write(PAPERS)
    await expect(citizen.page.get_by_role("alert")).to_have_text("Hệ thống đang bận. Tự gửi lại sau 1 giây.")
    await expect(citizen.answers).to_have_count(1)
    await expect(citizen.page.get_by_role("alert")).to_be_hidden()


async def test_a_refused_question_is_given_back_to_its_writer(citizen: Citizen) -> None:
    await citizen.page.route(MESSAGES, lambda route: route.fulfill(status=413, body="{}"))
    await citizen.open()
    await citizen.write(PAPERS)
    await expect(citizen.page.locator("article.citizen .state")).to_have_text("Không gửi được")
    await expect(citizen.log).to_contain_text("dài quá 2.000 ký tự")
    await expect(citizen.input).to_have_value(PAPERS)


async def test_an_expired_conversation_goes_on_as_a_new_one(citizen: Citizen, running_store: Database) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    old = await citizen.token()
    citizen.running.http.request("DELETE", "/api/chat", headers={"Authorization": f"Bearer {old}"}).raise_for_status()
    await citizen.write("đăng ký kết hôn cần giấy tờ gì")
    await expect(citizen.page.locator("article.citizen").last.locator(".state")).to_be_hidden()
    await expect(citizen.answers.last).to_contain_text("kết hôn", ignore_case=True)
    assert await citizen.token() != old
    assert await _stored(citizen, running_store) == ["đăng ký kết hôn cần giấy tờ gì"]
