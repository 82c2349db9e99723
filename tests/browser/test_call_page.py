"""Browser: the telephone of `/call`, with keys, typed speech, the keyboard and a screen reader's eyes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.citizen import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])


async def call(citizen: Citizen) -> None:
    await citizen.page.goto(citizen.running.base + "/call")
    await citizen.page.get_by_role("button", name="Gọi", exact=True).click()
    await expect(citizen.page.locator("#log .hotline").first).to_contain_text("Tổng đài tự động")


@both_sizes
async def test_a_dossier_by_keys(citizen: Citizen) -> None:
    await call(citizen)
    await citizen.page.get_by_role("button", name="1", exact=True).click()
    await expect(citizen.page.locator("#log")).to_contain_text("Mã bắt đầu bằng")
    await citizen.page.get_by_role("button", name="1", exact=True).click()
    await expect(citizen.page.locator("#log")).to_contain_text("chữ số còn lại")
    for key in "142611050012":
        await citizen.page.get_by_role("button", name=key, exact=True).click()
    await citizen.page.get_by_role("button", name="phím thăng").click()
    await expect(citizen.page.locator("#log")).to_contain_text("Đúng bấm 1, sai bấm 2")
    await citizen.page.keyboard.press("1")
    await expect(citizen.page.locator("#log")).to_contain_text("bốn số cuối")
    for key in "4826":
        await citizen.page.keyboard.press(key)
    await expect(citizen.page.locator("#log")).to_contain_text("Hồ sơ đang được giải quyết")


async def test_typed_speech_is_answered(citizen: Citizen) -> None:
    await call(citizen)
    words = citizen.page.get_by_role("textbox")
    await words.fill("làm giấy khai sinh cho con cần giấy tờ gì")
    await words.press("Enter")
    await expect(citizen.page.locator("#log .hotline").last).to_contain_text("bấm")
    await expect(citizen.page.locator("#log")).to_contain_text("khai sinh")


async def test_hanging_up_ends_the_call(citizen: Citizen) -> None:
    await call(citizen)
    await citizen.page.get_by_role("button", name="Gác máy").click()
    await expect(citizen.page.get_by_role("status")).to_have_text("Cuộc gọi đã kết thúc.")
    await expect(citizen.page.get_by_role("button", name="1", exact=True)).to_be_disabled()


@both_sizes
async def test_nothing_stands_in_anybodys_way(citizen: Citizen) -> None:
    await call(citizen)
    assert await citizen.violations() == []
