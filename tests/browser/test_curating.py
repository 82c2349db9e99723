"""Staff in one sitting: a failed question in the inbox, its answer written, published and heard on every channel.

The pictures of the guide for staff are taken on the way, so that they show what there is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from console.accounts import add_user
from store.engine import Database
from tests.fakes.zalo_server import ZaloServer
from tests.running import ROOT, Running
from voice.signature import run_token_path
from voice.simulator.carrier import Account, SimulatedCall

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]
QUESTION = "mượn xe lăn ở trung tâm cần giấy tờ gì"
ANSWER = "Anh/chị gửi lại căn cước ở quầy hướng dẫn rồi nhận xe lăn, không thu tiền."
SAID = "rồi nhận xe lăn"
PASSWORD = "Mua xuân đến sớm 2026"
OFFICE_HOURS = "2026-11-23T09:00:00+07:00"
PICTURES = ROOT / "docs" / "images"
USER = "zalo-user-1"


@pytest.fixture
async def zalo(motcua: Running) -> AsyncIterator[ZaloServer]:
    """Zalo, where the running Motcua takes it to be."""
    made = ZaloServer()
    server = uvicorn.Server(uvicorn.Config(made.app(), port=int(motcua.zalo.rsplit(":", 1)[1]), log_level="error"))
    serving = asyncio.create_task(server.serve())
    yield made
    server.should_exit = True
    await serving


@pytest.fixture
async def staff(
    chromium: Browser, motcua: Running, running_store: Database
) -> AsyncIterator[Callable[[str], Awaitable[Page]]]:
    """Makes the account of a role and opens a browser in which it is signed in."""
    contexts = []

    async def signed_in(role: str) -> Page:
        with running_store.write() as session:
            add_user(
                session, f"{role}.thu", {"curator": "Lê Thị Mai", "publisher": "Trần Văn Nam"}[role], role, PASSWORD
            )
        context = await chromium.new_context(
            viewport={"width": 1180, "height": 820}, base_url=motcua.base, locale="vi-VN"
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = await context.new_page()
        await page.goto("/console/sign-in")
        await page.get_by_label("Tên đăng nhập").fill(f"{role}.thu")
        await page.get_by_label("Mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Đăng nhập").click()
        await page.get_by_role("heading", name="Nội dung trả lời").wait_for()
        return page

    yield signed_in
    for context in contexts:
        await context.close()


async def test_one_sitting_from_a_failed_question_to_its_answer_on_every_channel(
    staff: Callable[[str], Awaitable[Page]],
    motcua: Running,
    zalo: ZaloServer,
    record_property: Callable[[str, object], None],
) -> None:
    for _ in range(3):
        _lose(motcua)
    began = time.monotonic()
    curator, publisher = await staff("curator"), await staff("publisher")
    entry = await _write(curator)
    await _picture(publisher, f"/console/entries/{entry}", "bien-tap-duyet.png")
    await publisher.get_by_label("Tôi đã đối chiếu với nguồn").check()
    clicked = time.monotonic()
    await publisher.get_by_role("button", name="Xuất bản").click(timeout=300_000)
    await expect(publisher.get_by_role("status")).to_contain_text("Đã xuất bản")
    seconds = {"from the inbox to the click": clicked - began, "published": time.monotonic() - clicked}
    for channel, ask in (("web", _on_web), ("zalo", _on_zalo), ("phone", _on_phone)):
        await _until_answered(ask, motcua, zalo)
        seconds[channel] = time.monotonic() - clicked
    for name, value in seconds.items():
        record_property(name, round(value, 1))
        print(f"{name}: {value:.1f} s")
    await curator.goto("/console/unanswered?state=closed")
    await _reloaded_until(curator, QUESTION)
    await _picture(curator, "/console/unanswered?state=closed", "bien-tap-da-dong.png")


async def _write(page: Page) -> str:
    """From the inbox to a draft under review; the id of its entry."""
    await page.goto("/console/unanswered")
    await _reloaded_until(page, QUESTION)
    await _picture(page, "/console/unanswered", "bien-tap-chua-tra-loi.png")
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
    await page.screenshot(path=PICTURES / "bien-tap-soan.png")
    await page.get_by_role("button", name="Lưu nháp").click()
    await page.get_by_role("heading", name="Người dân thấy và nghe").wait_for()
    await page.get_by_text("Nghe qua điện thoại").click()
    sound = await page.get_by_label("Nghe:").get_attribute("src")
    heard = await page.request.get(str(sound))
    assert heard.headers["content-type"] == "audio/wav"
    assert len(await heard.body()) > 10_000
    entry = page.url.split("?")[0].rsplit("/", 1)[1]
    await page.screenshot(path=PICTURES / "bien-tap-nhap.png")
    await page.get_by_role("button", name="Gửi duyệt").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã gửi duyệt")
    return entry


async def _picture(page: Page, path: str, name: str) -> None:
    await page.goto(path)
    await page.screenshot(path=PICTURES / name)


async def _reloaded_until(page: Page, text: str) -> None:
    """Look again until a text is there: the inbox is filled every few seconds."""
    async with asyncio.timeout(120):
        while not await page.get_by_text(text).count():
            await asyncio.sleep(0.5)
            await page.reload()


async def _until_answered(
    ask: Callable[[Running, ZaloServer], Awaitable[str]], motcua: Running, zalo: ZaloServer
) -> None:
    until = time.monotonic() + 90
    while SAID not in (said := await ask(motcua, zalo)):
        assert time.monotonic() < until, said
        await asyncio.sleep(0.5)


def _lose(motcua: Running) -> None:
    """A citizen who asks, and calls what comes wrong."""
    chat = motcua.chat()
    turn = chat.say(QUESTION)["turn_id"]
    judged = motcua.http.post("/api/chat/ratings", json={"turn_id": turn, "helpful": False}, headers=chat.headers)
    judged.raise_for_status()


async def _on_web(motcua: Running, zalo: ZaloServer) -> str:
    reply = await asyncio.to_thread(motcua.chat().say, QUESTION)
    return "\n".join(message["text"] for message in reply["messages"])


async def _on_zalo(motcua: Running, zalo: ZaloServer) -> str:
    before = len(zalo.texts(USER))
    body, headers = zalo.event("user_send_text", USER, {"text": QUESTION})
    async with httpx.AsyncClient(base_url=motcua.base, trust_env=False) as http:
        (await http.post("/channels/zalo/webhook", content=body, headers=headers)).raise_for_status()
    async with asyncio.timeout(60):
        while len(zalo.texts(USER)) == before:
            await asyncio.sleep(0.05)
    return "\n".join(zalo.texts(USER)[before:])


async def _on_phone(motcua: Running, zalo: ZaloServer) -> str:
    account = Account(motcua.base, run_token_path(motcua.var).read_text(), at=OFFICE_HOURS)
    async with httpx.AsyncClient(base_url=motcua.base, timeout=30, trust_env=False) as http:
        call = SimulatedCall(http, account)
        await call.begin()
        await call.say(QUESTION)
        await call.hang_up()
    return " ".join(one.text for one in call.heard)
