"""Browser: thumbs with a reason, and one tap for the whole conversation, reach the store."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from store.engine import Database
from store.tickets import RatingRow
from tests.browser.citizen import PAPERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]


async def _ratings(citizen: Citizen, store: Database) -> list[tuple[bool | None, str | None, int | None]]:
    row = await citizen.conversation(store)
    with store.read() as session:
        kept = session.scalars(select(RatingRow).filter_by(conversation_id=row.id).order_by(RatingRow.id))
        return [(one.helpful, one.reason, one.score) for one in kept]


async def test_a_thumb_down_is_kept_with_its_reason(citizen: Citizen, running_store: Database) -> None:
    await citizen.open()
    answer = await citizen.ask(PAPERS)
    down = answer.get_by_role("button", name="Không có ích")
    await down.click()
    await expect(answer.get_by_role("group", name="Vì sao chưa có ích?")).to_be_visible()
    assert await citizen.violations() == []
    await answer.get_by_role("button", name="Thiếu thông tin").click()
    await expect(answer.locator(".thanks")).to_have_text("Cảm ơn anh/chị.")
    await expect(down).to_have_attribute("aria-pressed", "true")
    await expect(down).to_be_focused()
    await expect(answer.locator(".reasons")).to_have_count(0)
    assert await _ratings(citizen, running_store) == [(False, "Thiếu thông tin", None)]


async def test_one_tap_keeps_the_satisfaction(citizen: Citizen, running_store: Database) -> None:
    await citizen.open()
    await citizen.ask(PAPERS)
    await citizen.page.get_by_role("button", name="Tùy chọn").click()
    await citizen.page.get_by_role("button", name="Đánh giá cuộc trò chuyện").click()
    assert await citizen.violations() == []
    await citizen.page.get_by_role("button", name="Hài lòng", exact=True).click()
    await expect(citizen.log).to_contain_text("Đã ghi đánh giá")
    assert await _ratings(citizen, running_store) == [(None, None, 4)]
