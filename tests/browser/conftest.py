"""A real browser before the whole of Motcua. Everything is asynchronous, as the rest of the session's loop is."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from console.accounts import add_user
from store.engine import Database
from store.staff import UserRow
from tests.browser.citizen import Citizen
from tests.console.staff import PASSWORD
from tests.running import ROOT, Running

SIZES = {"desktop": ViewportSize(width=1280, height=860), "phone": ViewportSize(width=360, height=740)}
NAMES = {"curator": "Lê Thị Mai", "publisher": "Trần Văn Nam", "supervisor": "Phạm Thị Lan"}
EXPECTED = ("net::ERR", "the server responded with a status of")


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The Chromium of this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "the browser tests need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@pytest.fixture
def size() -> str:
    """The size of the screen; a test that wants both is parametrised with it."""
    return "desktop"


@pytest.fixture
async def citizen(chromium: Browser, motcua: Running, size: str) -> AsyncIterator[Citizen]:
    """Somebody who has opened the browser; at the end no script has failed and no policy was broken."""
    phone = size == "phone"
    context = await chromium.new_context(viewport=SIZES[size], is_mobile=phone, has_touch=phone, locale="vi-VN")
    context.set_default_timeout(20_000)
    made = Citizen(await context.new_page(), context, motcua)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
    yield made
    await context.close()
    assert [c for c in made.complaints if not any(part in c for part in EXPECTED)] == []


@pytest.fixture
def running_store(motcua: Running) -> Iterator[Database]:
    """The store of the running Motcua."""
    opened = Database(f"sqlite:///{motcua.var / 'motcua.db'}")
    yield opened
    opened.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: docs/images when PICTURES is set, else nowhere that stays."""
    return ROOT / "docs" / "images" if os.environ.get("PICTURES") else tmp_path


@pytest.fixture
async def staff(
    chromium: Browser, motcua: Running, running_store: Database
) -> AsyncIterator[Callable[[str], Awaitable[Page]]]:
    """Makes the account of a role, once, and opens a browser in which it is signed in."""
    contexts = []

    async def signed_in(role: str) -> Page:
        with running_store.write() as session:
            if session.get(UserRow, f"{role}.thu") is None:
                add_user(session, f"{role}.thu", NAMES[role], role, PASSWORD)
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
        await page.get_by_role("button", name="Đăng xuất").wait_for()
        return page

    yield signed_in
    for context in contexts:
        await context.close()
