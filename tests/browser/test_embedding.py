"""Browser: a foreign portal with a hostile stylesheet and a strict policy embeds the chat with one script tag."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import expect

from store import turns
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from tests.browser.citizen import PAPERS, Citizen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("motcua")]
both_sizes = pytest.mark.parametrize("size", ["desktop", "phone"])
HOSTILE = """
  html { font-size: 4px } * { all: unset !important; display: none !important; color: red !important;
  font: 40px cursive !important; text-transform: uppercase !important; letter-spacing: 9px !important }
  motcua-chat { visibility: hidden !important; opacity: 0 !important; transform: scale(9) !important;
  position: static !important }
  html, body, main, h1 { display: block !important }
"""
LOOK = """(e) => {
  const look = getComputedStyle(e);
  return [look.fontSize, look.textTransform, look.letterSpacing];
}"""
PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Portal</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/hostile.css">
<script src="{motcua}/widget.js" async></script></head><body><main><h1>Portal</h1></main></body></html>"""


@pytest.fixture
async def portal(citizen: Citizen) -> AsyncIterator[str]:
    """A portal on another origin that allows scripts and connections of Motcua alone; its address."""
    motcua = citizen.running.base
    policy = f"default-src 'none'; script-src {motcua}; connect-src {motcua} {motcua.replace('http', 'ws')}"
    policy += "; style-src 'self'; require-trusted-types-for 'script'"
    app = FastAPI()

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE.format(motcua=motcua), headers={"Content-Security-Policy": policy})

    @app.get("/hostile.css")
    async def style() -> HTMLResponse:
        return HTMLResponse(HOSTILE, media_type="text/css")

    server = uvicorn.Server(
        uvicorn.Config(app, port=int(citizen.running.portal.rsplit(":", 1)[1]), log_config=None, lifespan="off")
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield citizen.running.portal
    server.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await task


@both_sizes
async def test_a_foreign_page_cannot_break_the_chat(citizen: Citizen, portal: str) -> None:
    hosts: set[str] = set()
    citizen.page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    await citizen.page.goto(portal)
    launcher = citizen.page.get_by_role("button", name="Hỏi trợ lý một cửa")
    await launcher.click()
    await expect(citizen.page.get_by_role("dialog", name="Trợ lý một cửa")).to_be_visible()
    await expect(citizen.input).to_be_focused()
    answer = await citizen.papers()
    await expect(answer.locator(".source")).to_contain_text("kiểm tra ngày")
    look = await answer.locator(".bubble").first.evaluate(LOOK)
    assert look == ["16px", "none", "normal"]
    assert await citizen.violations() == []
    assert hosts == {portal.split("/")[2], citizen.running.base.split("/")[2]}


async def test_the_launcher_counts_what_was_not_read(citizen: Citizen, portal: str, running_store: Database) -> None:
    await citizen.page.goto(portal)
    await citizen.page.get_by_role("button", name="Hỏi trợ lý một cửa").click()
    await citizen.papers()
    await citizen.page.keyboard.press("Escape")
    launcher = citizen.page.get_by_role("button", name="Hỏi trợ lý một cửa")
    await expect(launcher).to_be_focused()
    conversation = await citizen.conversation(running_store)
    with running_store.write() as session:
        row = session.get_one(ConversationRow, conversation.id)
        turns.append(session, row, [TurnRow(author="person", text="Chào anh/chị", messages=[], details={})])
    await expect(launcher).to_have_accessible_name("Hỏi trợ lý một cửa, 1 tin chưa đọc")
    assert await citizen.violations() == []
    await launcher.click()
    await expect(citizen.log).to_contain_text("Chào anh/chị")
    await citizen.page.keyboard.press("Escape")
    await expect(launcher).to_have_accessible_name("Hỏi trợ lý một cửa")


async def test_a_page_that_is_not_allowed_gets_no_answer(citizen: Citizen, portal: str) -> None:
    await citizen.page.goto(portal.replace("127.0.0.1", "localhost"))
    await citizen.page.get_by_role("button", name="Hỏi trợ lý một cửa").click()
    await citizen.write(PAPERS)
    await expect(citizen.page.get_by_role("alert")).to_contain_text("Mất kết nối")
    await expect(citizen.answers).to_have_count(0)
    citizen.complaints.clear()
