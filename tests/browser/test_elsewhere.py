"""Browser: the conversation goes to another screen by a code or a link; news of a dossier comes to this one."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.citizen import PAPERS, Citizen
from tests.running import INTEGRATION_TOKEN

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]


async def test_a_link_opens_the_conversation_on_another_screen(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.papers()
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    given = await citizen.press(citizen.page.get_by_role("button", name="Tiếp tục ở kênh khác"))
    assert await citizen.violations() == []
    link = re.search(r"http://\S+/#ma=\d{6}", await given.inner_text())
    assert link is not None
    await citizen.page.evaluate("sessionStorage.clear()")
    await citizen.page.goto("about:blank")
    await citizen.page.goto(link[0])
    await expect(citizen.log).to_contain_text("Đã nối tiếp cuộc trò chuyện từ trang web")
    await expect(citizen.answers.last).to_contain_text("chứng sinh")
    assert "#" not in citizen.page.url
    assert await citizen.violations() == []
    await expect(await citizen.ask("thế hết bao nhiêu tiền")).to_contain_text("phí")


async def test_news_of_a_dossier_comes_once_even_after_the_tab_was_closed(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.ask("Tôi muốn tra cứu hồ sơ đã nộp")
    await citizen.ask("H00.14-261105-0012")
    answer = await citizen.ask("4826")
    choices = await citizen.press(answer.get_by_role("button", name="Nhắc tôi khi có tin"))
    await expect(choices).to_contain_text("chỉ nói là có tin và nơi xem")
    kept = await citizen.press(choices.get_by_role("button", name="Báo trong cửa sổ này"))
    await expect(kept).to_contain_text("Đã ghi")
    await citizen.page.evaluate("sessionStorage.clear()")
    for status in ("5", "5", "4"):
        _push(citizen, status)
    await citizen.page.reload()
    await expect(citizen.log.get_by_text("vừa có tin mới")).to_have_count(2)
    assert await citizen.violations() == []
    stopped = await citizen.ask("dừng")
    await expect(stopped).to_contain_text("Đã dừng nhắc")
    assert await citizen.page.evaluate("localStorage.getItem('motcua.conversation')") is None


def _push(citizen: Citizen, status: str) -> None:
    record = {"MaHoSo": "H00.14-261105-0012", "TrangThaiHoSo": status}
    body = {"service": "DongBoHoSoMC", "data": [record]}
    headers = {"Authorization": f"Bearer {INTEGRATION_TOKEN}"}
    assert citizen.running.http.post("/api/integration/dossiers", json=body, headers=headers).json()["accepted"] == 1


async def test_a_used_or_wrong_code_says_so(citizen: Citizen) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    answer = await citizen.ask("000 000")
    await expect(answer).to_contain_text("không đúng hoặc đã hết hạn")
