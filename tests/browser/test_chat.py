"""Browser: a citizen asks, follows up, presses buttons, looks a dossier up, and comes back after a reload."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.citizen import PAPERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])


@both_sizes
async def test_an_answer_shows_its_source_and_who_has_not_checked_it(citizen: Citizen) -> None:
    await citizen.open()
    answer = await citizen.ask(PAPERS)
    await expect(answer).to_contain_text("chứng sinh")
    source = answer.locator(".source")
    await expect(source).to_contain_text("Căn cứ: ")
    await expect(source).to_contain_text("kiểm tra ngày ")
    await expect(source).to_contain_text("Chưa được cán bộ tỉnh duyệt")
    assert await citizen.violations() == []


@both_sizes
async def test_the_chat_fits_the_screen(citizen: Citizen, size: str) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    width = await citizen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    await expect(citizen.input).to_be_in_viewport()
    await expect(citizen.page.get_by_role("button", name="Gặp cán bộ").first).to_be_in_viewport()


async def test_a_follow_up_keeps_the_procedure(citizen: Citizen) -> None:
    await citizen.open()
    first = await citizen.ask(PAPERS)
    title = await first.locator(".source-title").inner_text()
    second = await citizen.ask("thế hết bao nhiêu tiền")
    await expect(second.locator(".source-title")).to_have_text(title)
    await expect(second).to_contain_text("phí")


async def test_a_button_asks_its_question_by_its_title(citizen: Citizen) -> None:
    await citizen.open()
    first = await citizen.ask(PAPERS)
    button = first.locator(".choices button").first
    title = await button.inner_text()
    await citizen.press(button)
    await expect(citizen.page.locator("article.citizen").last).to_contain_text(title)


async def test_a_topic_of_the_portal_is_asked_in_the_chat(citizen: Citizen) -> None:
    await citizen.open()
    answer = await citizen.press(citizen.page.get_by_role("link", name="Khai sinh cho con"))
    await expect(answer).to_contain_text("khai sinh", ignore_case=True)


async def test_a_dossier_is_looked_up_and_its_number_is_hidden_after_a_reload(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.ask("Tôi muốn tra cứu hồ sơ đã nộp")
    await citizen.ask("H00.14-261105-0012")
    answer = await citizen.ask("4826")
    await expect(answer).to_contain_text("Hồ sơ đang được giải quyết")
    assert await citizen.violations() == []
    await citizen.page.reload()
    await expect(citizen.page.locator("article.citizen")).to_have_count(3)
    await expect(citizen.log).to_contain_text("[mã hồ sơ đã ẩn]")
    await expect(citizen.log).not_to_contain_text("H00.14-261105-0012")


async def test_the_conversation_is_there_after_a_reload(citizen: Citizen) -> None:
    await citizen.open()
    said = await (await citizen.ask(PAPERS)).locator(".bubble").first.inner_text()
    await citizen.page.reload()
    await expect(citizen.page.locator("article.citizen")).to_have_count(1)
    await expect(citizen.answers).to_have_count(1)
    assert await citizen.answers.first.locator(".bubble").first.inner_text() == said


async def test_an_emergency_offers_the_number_to_call(citizen: Citizen) -> None:
    await citizen.open()
    answer = await citizen.ask("nhà tôi đang cháy")
    await expect(answer.get_by_role("link", name="Gọi 114")).to_have_attribute("href", "tel:114")
    assert await citizen.violations() == []


async def test_markup_in_a_question_stays_text(citizen: Citizen) -> None:
    await citizen.open()
    attack = '<img src=x onerror="document.title=1"><b>khai sinh</b>'
    await citizen.ask(attack)
    await expect(citizen.page.locator("article.citizen .bubble")).to_have_text(attack)
    await citizen.page.reload()
    await expect(citizen.page.locator("article.citizen")).to_have_count(1)
    assert await citizen.log.locator("img, b").count() == 0
