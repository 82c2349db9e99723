"""Browser: at a shared computer a conversation ends when the citizen says so, or after ten idle minutes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.citizen import PAPERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]


async def test_end_and_erase_leaves_nothing_here_or_there(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    token = await citizen.token()
    await citizen.page.get_by_role("button", name="Kết thúc và xoá").click()
    dialog = citizen.page.get_by_role("alertdialog", name="Kết thúc và xoá?")
    await expect(dialog.get_by_role("button", name="Tiếp tục trò chuyện")).to_be_focused()
    assert await citizen.violations() == []
    await dialog.get_by_role("button", name="Kết thúc và xoá").click()
    await expect(citizen.log).to_contain_text("Đã xoá cuộc trò chuyện")
    await expect(citizen.answers).to_have_count(0)
    assert await citizen.token() is None
    gone = citizen.running.http.get("/api/chat/history", headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 401


async def test_ten_idle_minutes_clear_the_screen_unless_the_citizen_goes_on(citizen: Citizen) -> None:
    await citizen.page.clock.install()
    await citizen.open()
    await citizen.ask(PAPERS)
    await citizen.page.clock.run_for("09:01")
    dialog = citizen.page.get_by_role("alertdialog", name="Anh/chị còn ở đây không?")
    await expect(dialog).to_be_visible()
    assert await citizen.violations() == []
    async with citizen.page.expect_response("**/api/chat/presence") as told:
        await dialog.get_by_role("button", name="Tiếp tục trò chuyện").click()
    assert (await told.value).status == 204
    await expect(citizen.answers).to_have_count(1)

    await citizen.page.clock.run_for("10:01")
    await citizen.page.clock.run_for(1000)
    await expect(citizen.answers).to_have_count(0)
    await expect(citizen.log).to_contain_text("kết thúc sau 10 phút")
    assert await citizen.token() is None
