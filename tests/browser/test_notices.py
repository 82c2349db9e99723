"""Browser: an emergency and the pause, put by a supervisor, reach the open chat, Zalo and the telephone at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from bot.channels.web.announcements import SECONDS as KEPT
from tests.browser.channels import on_phone, on_web, on_zalo
from tests.browser.citizen import PAPERS, Citizen
from tests.fakes.zalo_server import ZaloServer
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.xdist_group("motcua"), pytest.mark.timeout(600)]
BANNER = "Bão lớn: các trung tâm nghỉ chiều nay."
PAUSE = "Trợ lý tạm dừng để kiểm tra."
CHANNELS = (on_web, on_zalo, on_phone)


async def test_an_emergency_is_told_on_every_channel_and_ends(
    citizen: Citizen, staff: Callable[[str], Awaitable[Page]], motcua: Running, motcua_zalo: ZaloServer
) -> None:
    supervisor = await staff("supervisor")
    await supervisor.goto("/console/notices")
    await supervisor.get_by_label("Câu báo khẩn cấp").fill(BANNER)
    await supervisor.get_by_role("button", name="Báo ngay trên mọi kênh").click()
    await expect(supervisor.get_by_text(f"Đang báo: {BANNER}")).to_be_visible()
    await citizen.open()
    await expect(citizen.page.get_by_text(BANNER).first).to_be_visible()
    assert await citizen.violations() == []
    for ask in CHANNELS:
        assert BANNER in await ask(motcua, motcua_zalo, PAPERS)
    await supervisor.get_by_role("button", name="Thôi báo khẩn cấp").click()
    await expect(supervisor.get_by_text("Đang báo:")).to_have_count(0)
    async with asyncio.timeout(KEPT + 30):
        while await citizen.page.get_by_text(BANNER).count():
            await citizen.page.reload()
            await citizen.input.wait_for()
            await asyncio.sleep(0.5)


async def test_a_pause_is_told_on_every_channel_and_ends(
    citizen: Citizen, staff: Callable[[str], Awaitable[Page]], motcua: Running, motcua_zalo: ZaloServer
) -> None:
    supervisor = await staff("supervisor")
    await supervisor.goto("/console/notices")
    await supervisor.get_by_label("Câu nói với người dân").fill(PAUSE)
    await supervisor.get_by_role("button", name="Tạm dừng trợ lý").click()
    await expect(supervisor.get_by_text(f"Trợ lý đang dừng: {PAUSE}")).to_be_visible()
    for ask in CHANNELS:
        told = await ask(motcua, motcua_zalo, PAPERS)
        assert PAUSE in told
        assert "chứng sinh" not in told
    await citizen.open()
    await expect(await citizen.ask(PAPERS)).to_contain_text(PAUSE)
    await supervisor.get_by_role("button", name="Cho trợ lý chạy lại").click()
    await expect(supervisor.get_by_text("Trợ lý đang dừng")).to_have_count(0)
    await expect(await citizen.ask(PAPERS)).to_contain_text("chứng sinh")
