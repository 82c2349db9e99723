"""Every page in a real browser: nothing for axe to find, no script fails, no policy is broken, fits a phone, prints."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Page, ViewportSize, async_playwright

from bot.channels.web import sessions
from bot.channels.web.page import page_router
from console.accounts import add_user
from console.pages import Console
from store import hand_over, turns
from store.conversations import TurnRow
from store.crypto import Vault
from store.engine import Database
from tests.console.staff import PASSWORD
from tests.running import free_port

pytestmark = pytest.mark.browser
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE, DESKTOP = ViewportSize(width=375, height=800), ViewportSize(width=1280, height=860)
PAGES = (
    "/console", "/console/account", "/console/entries", "/console/entries/new?kind=faq", "/console/entries/none",
    "/console/entries/new?kind=procedure", "/console/entries/import", "/console/names", "/console/learning",
    "/console/unanswered", "/console/unanswered?state=closed", "/console/numbers", "/console/users",
    "/console/audit", "/console/notices", "/console/replies", "/console/report", "/open-data", "/console/profile",
    "/console/retention", "/console/subjects", "/console/parked", "/console/entries/review",
)  # fmt: skip


@pytest.fixture
def address(app: FastAPI, console: Console) -> Iterator[str]:
    """The console served on a port of its own."""
    app.include_router(page_router(console.profile, console.base_url))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
async def page(address: str, database: Database) -> AsyncIterator[Page]:
    """An administrator who is signed in, at a screen as narrow as a phone."""
    with database.write() as session:
        add_user(session, "quantri", "Cán bộ Hà", "admin", PASSWORD)
        add_user(session, "binh", "Cán bộ Bình", "agent", PASSWORD)
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        opened = await chromium.new_page(viewport=PHONE, locale="vi-VN", base_url=address)
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda said: complaints.append(said.text) if "violates" in said.text else None)
        await opened.goto("/console/sign-in")
        await _is_sound(opened)
        await opened.get_by_label("Tên đăng nhập").fill("quantri")
        await opened.get_by_label("Mật khẩu").fill(PASSWORD)
        await opened.get_by_role("button", name="Đăng nhập").click()
        await opened.get_by_role("heading", name="Yêu cầu của người dân").wait_for()
        yield opened
        await chromium.close()
        assert complaints == []


async def _is_sound(page: Page) -> None:
    found = (await Axe().run(page, options=AXE)).response["violations"]
    assert [(page.url, v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


async def test_every_page_is_accessible(page: Page) -> None:
    for path in PAGES:
        await page.set_viewport_size(PHONE)
        await page.goto(path)
        await _is_sound(page)
        await page.set_viewport_size(DESKTOP)
        await _is_sound(page)
    await page.goto("/console/account")
    await page.get_by_role("button", name="Bật mã xác thực").click()
    await _is_sound(page)
    await page.goto("/console/users")
    await page.get_by_role("button", name="Tạo đường dẫn mời").click()
    await _is_sound(page)


async def test_a_conversation_is_answered_and_grows_by_itself(page: Page, database: Database, vault: Vault) -> None:
    with database.write() as session:
        row, _ = sessions.start(session)
        turns.append(session, row, [TurnRow(author="citizen", text="Cho tôi gặp cán bộ", messages=[])])
        ticket = hand_over.take_ticket(session, "hand_over", row)
        hand_over.keep_contact(ticket, vault, "0912345678")
        row.state = "queued"
    await page.goto("/console")
    await page.get_by_role("link", name=ticket.number).click()
    await _is_sound(page)
    await page.get_by_role("button", name="Nhận việc").click()
    await page.get_by_label("Trả lời người dân").fill("Chào anh, tôi nghe.")
    await page.get_by_role("button", name="Gửi").click()
    assert "tôi nghe" in await page.locator(".turns .person").inner_text()
    await page.get_by_label("Trả lời người dân").fill("đang viết dở")
    with database.write() as session:
        turns.append(session, row, [TurnRow(author="citizen", text="Tôi hỏi giấy khai sinh", messages=[])])
    await page.get_by_text("Tôi hỏi giấy khai sinh").wait_for(timeout=10_000)
    assert await page.get_by_label("Trả lời người dân").input_value() == "đang viết dở"
    await _is_sound(page)


async def test_a_form_is_written_without_a_script_and_printed_without_it(page: Page) -> None:
    await page.goto("/console/entries/new?kind=faq")
    await page.get_by_label("Câu hỏi chính").fill("Trung tâm có chỗ gửi xe không?")
    await page.get_by_label("Chủ đề").fill("Trung tâm")
    await page.get_by_label("Trả lời", exact=False).first.fill("Có.")
    await page.get_by_role("button", name="Lưu nháp").click()
    await page.get_by_role("heading", level=1, name="Trung tâm có chỗ gửi xe không?").wait_for()
    await _is_sound(page)
    await page.emulate_media(media="print")
    assert not await page.get_by_role("button").first.is_visible()
    assert await page.get_by_role("heading", level=1).is_visible()
