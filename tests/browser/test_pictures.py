"""Browser: the pictures of docs/chat.md, taken anew whenever this runs with PICTURES set."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.citizen import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])
on_a_phone = pytest.mark.parametrize("size", ["phone"])


@both_sizes
async def test_the_papers_of_a_procedure(citizen: Citizen, size: str, pictures: Path) -> None:
    await citizen.open()
    answer = await citizen.papers()
    await answer.get_by_role("checkbox").first.check()
    await citizen.page.screenshot(path=pictures / f"chat-{size}.png")
    assert await citizen.violations() == []


@on_a_phone
async def test_where_an_answer_comes_from(citizen: Citizen, pictures: Path) -> None:
    await citizen.open()
    answer = await citizen.papers()
    await answer.locator(".thumbs").scroll_into_view_if_needed()
    await citizen.page.screenshot(path=pictures / "chat-source.png")
    assert await citizen.violations() == []


@on_a_phone
async def test_options_and_the_complaint_form(citizen: Citizen, pictures: Path) -> None:
    await citizen.open()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.screenshot(path=pictures / "chat-options.png")
    await citizen.page.get_by_role("button", name="Gửi phản ánh, kiến nghị").click()
    await citizen.page.screenshot(path=pictures / "chat-complaint.png")
    assert await citizen.violations() == []


@on_a_phone
async def test_a_dossier_and_the_dark(citizen: Citizen, pictures: Path) -> None:
    await citizen.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await citizen.open()
    await citizen.ask("Tôi muốn tra cứu hồ sơ đã nộp")
    await citizen.ask("H00.14-261105-0012")
    answer = await citizen.ask("4826")
    await expect(answer.get_by_role("button", name="Nhắc tôi khi có tin")).to_be_visible()
    await citizen.page.screenshot(path=pictures / "chat-dark.png")
    assert await citizen.violations() == []


@on_a_phone
async def test_the_largest_text_with_high_contrast(citizen: Citizen, pictures: Path) -> None:
    await citizen.open()
    await citizen.papers()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.get_by_label("Rất lớn").check()
    await citizen.page.get_by_label("Tương phản cao").check()
    await citizen.page.keyboard.press("Escape")
    await citizen.page.screenshot(path=pictures / "chat-large.png")
    assert await citizen.violations() == []


@on_a_phone
async def test_a_person_is_called(citizen: Citizen, pictures: Path) -> None:
    await citizen.open()
    await citizen.press(citizen.page.get_by_role("button", name="Gặp cán bộ").first)
    await expect(citizen.page.locator(".strip")).to_be_visible()
    await citizen.page.screenshot(path=pictures / "chat-person.png")
    assert await citizen.violations() == []
