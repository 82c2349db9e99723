"""Staff in one sitting: a failed question in the inbox, its answer written, published and heard on every channel.

The pictures of the guide for staff are taken on the way, so that they show what there is: PICTURES=1 keeps them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.channels import on_phone, on_web, on_zalo
from tests.fakes.zalo_server import ZaloServer
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]
QUESTION = "mượn xe lăn ở trung tâm cần giấy tờ gì"
ANSWER = "Anh/chị gửi lại căn cước ở quầy hướng dẫn rồi nhận xe lăn, không thu tiền."
SAID = "rồi nhận xe lăn"


async def test_one_sitting_from_a_failed_question_to_its_answer_on_every_channel(
    staff: Callable[[str], Awaitable[Page]],
    motcua: Running,
    motcua_zalo: ZaloServer,
    pictures: Path,
    record_property: Callable[[str, object], None],
) -> None:
    for _ in range(3):
        _lose(motcua)
    began = time.monotonic()
    curator, publisher = await staff("curator"), await staff("publisher")
    entry = await _write(curator, pictures)
    await _picture(publisher, f"/console/entries/{entry}", pictures / "bien-tap-duyet.png")
    await publisher.get_by_label("Tôi đã đối chiếu với nguồn").check()
    clicked = time.monotonic()
    await publisher.get_by_role("button", name="Xuất bản").click(timeout=300_000)
    await expect(publisher.get_by_role("status")).to_contain_text("Đã xuất bản")
    seconds = {"from the inbox to the click": clicked - began, "published": time.monotonic() - clicked}
    for channel, ask in (("web", on_web), ("zalo", on_zalo), ("phone", on_phone)):
        await _until_answered(ask, motcua, motcua_zalo)
        seconds[channel] = time.monotonic() - clicked
    for name, value in seconds.items():
        record_property(name, round(value, 1))
        print(f"{name}: {value:.1f} s")
    await curator.goto("/console/unanswered?state=closed")
    await _reloaded_until(curator, QUESTION)
    await _picture(curator, "/console/unanswered?state=closed", pictures / "bien-tap-da-dong.png")


async def _write(page: Page, pictures: Path) -> str:
    """From the inbox to a draft under review; the id of its entry."""
    await page.goto("/console/unanswered")
    await _reloaded_until(page, QUESTION)
    await _picture(page, "/console/unanswered", pictures / "bien-tap-chua-tra-loi.png")
    card = page.locator("section.gap").filter(has=page.get_by_role("heading", name=QUESTION))
    await card.get_by_role("button", name="Soạn câu trả lời mới").click()
    await page.get_by_label("Chủ đề").fill("Trung tâm")
    await page.get_by_label("Trả lời", exact=False).first.fill(ANSWER)
    source = page.get_by_role("group", name="Nguồn 1")
    await source.get_by_label("Tên", exact=True).fill("Nội quy của Trung tâm")
    await source.get_by_label("Căn cứ").select_option("province")
    await source.get_by_label("Ngày kiểm tra").fill("2026-11-20")
    await page.get_by_role("button", name="Xem thử").click()
    await page.get_by_role("heading", name="Xem thử, chưa lưu").wait_for()
    await page.screenshot(path=pictures / "bien-tap-soan.png")
    await page.get_by_role("button", name="Lưu nháp").click()
    await page.get_by_role("heading", name="Người dân thấy và nghe").wait_for()
    await page.get_by_text("Nghe qua điện thoại").click()
    sound = await page.get_by_label("Nghe:").get_attribute("src")
    heard = await page.request.get(str(sound))
    assert heard.headers["content-type"] == "audio/wav"
    assert len(await heard.body()) > 10_000
    entry = page.url.split("?")[0].rsplit("/", 1)[1]
    await page.screenshot(path=pictures / "bien-tap-nhap.png")
    await page.get_by_role("button", name="Gửi duyệt").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã gửi duyệt")
    return entry


async def _picture(page: Page, path: str, file: Path) -> None:
    await page.goto(path)
    await page.screenshot(path=file)


async def _reloaded_until(page: Page, text: str) -> None:
    """Look again until a text is there: the inbox is filled every few seconds."""
    async with asyncio.timeout(120):
        while not await page.get_by_text(text).count():
            await asyncio.sleep(0.5)
            await page.reload()


async def _until_answered(
    ask: Callable[[Running, ZaloServer, str], Awaitable[str]], motcua: Running, zalo: ZaloServer
) -> None:
    until = time.monotonic() + 90
    while SAID not in (said := await ask(motcua, zalo, QUESTION)):
        assert time.monotonic() < until, said
        await asyncio.sleep(0.5)


def _lose(motcua: Running) -> None:
    """A citizen who asks, and calls what comes wrong."""
    chat = motcua.chat()
    turn = chat.say(QUESTION)["turn_id"]
    judged = motcua.http.post("/api/chat/ratings", json={"turn_id": turn, "helpful": False}, headers=chat.headers)
    judged.raise_for_status()
