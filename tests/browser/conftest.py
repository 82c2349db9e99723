"""A real browser before the whole of Motcua. Everything is asynchronous, as the rest of the session's loop is."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, ViewportSize, async_playwright

from store.engine import Database
from tests.browser.citizen import Citizen
from tests.running import Running

SIZES = {"desktop": ViewportSize(width=1280, height=860), "phone": ViewportSize(width=360, height=740)}
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
