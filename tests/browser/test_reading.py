"""Browser: keyboard alone, English, large text and high contrast; targets are large enough."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.citizen import PAPERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])
SMALL_TARGETS = """() => {
  const shadow = document.querySelector("motcua-chat").shadowRoot;
  const seen = [...shadow.querySelectorAll("button, .tool, .call, input")].filter((e) => e.checkVisibility());
  const box = (e) => (e.closest("label") ?? e).getBoundingClientRect();
  return seen.filter((e) => box(e).width < 24 || box(e).height < 24).map((e) => e.outerHTML.slice(0, 60));
}"""
FOCUSED = "document.querySelector('motcua-chat').shadowRoot.activeElement?.getAttribute('aria-label')"


async def test_a_keyboard_is_enough(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.input.focus()
    await citizen.page.keyboard.type(PAPERS)
    await citizen.page.keyboard.press("Enter")
    await expect(citizen.answers).to_have_count(1)
    await expect(citizen.input).to_be_focused()
    box = (await citizen.papers()).get_by_role("checkbox").first
    await box.focus()
    await citizen.page.keyboard.press("Space")
    await expect(box).to_be_checked()
    await citizen.page.get_by_role("button", name="Tùy chọn").focus()
    await citizen.page.keyboard.press("Enter")
    await expect(citizen.page.get_by_role("dialog", name="Tùy chọn")).to_be_visible()
    await citizen.page.keyboard.press("Escape")
    await expect(citizen.page.get_by_role("dialog", name="Tùy chọn")).to_have_count(0)
    assert await citizen.page.evaluate(FOCUSED) == "Tùy chọn"


async def test_a_screen_reader_is_told_of_answers_and_states(citizen: Citizen) -> None:
    await citizen.open()
    await expect(citizen.page.get_by_role("region", name="Trợ lý một cửa")).to_be_visible()
    await expect(citizen.log).to_have_attribute("aria-live", "polite")
    answer = await citizen.papers()
    await expect(citizen.page.get_by_role("article", name="Trợ lý tự động, lúc").last).to_be_visible()
    await expect(answer.locator(".bubble")).to_have_attribute("lang", "vi")


@both_sizes
async def test_every_target_is_large_enough(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.papers()
    assert await citizen.page.evaluate(SMALL_TARGETS) == []


@both_sizes
async def test_large_text_and_high_contrast_stay_usable_and_are_remembered(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.papers()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.get_by_label("Rất lớn").check()
    await citizen.page.get_by_label("Tương phản cao").check()
    assert await citizen.violations() == []
    await citizen.page.keyboard.press("Escape")
    await expect(citizen.answers.last.locator(".who")).to_be_in_viewport()
    await citizen.page.reload()
    size = await citizen.answers.first.locator(".bubble").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size > 22
    assert await citizen.violations() == []
    assert await citizen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scheme", ["dark", "no-preference"])
async def test_colours_suit_every_scheme(citizen: Citizen, scheme: str) -> None:
    await citizen.page.emulate_media(color_scheme="dark" if scheme == "dark" else None, reduced_motion="reduce")
    await citizen.open()
    await citizen.papers()
    await citizen.ask("Sang tên sổ đỏ")
    assert await citizen.violations() == []


async def test_the_interface_speaks_english(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.papers()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.get_by_label("English").click()
    await expect(citizen.page.get_by_role("region", name="One-stop assistant")).to_be_visible()
    await expect(citizen.page.get_by_role("button", name="Talk to staff")).to_be_visible()
    await expect(citizen.page.locator("article.assistant").last).to_contain_text("Not yet approved by an officer")
    assert await citizen.page.evaluate(FOCUSED) == "Options"
    assert await citizen.violations() == []
