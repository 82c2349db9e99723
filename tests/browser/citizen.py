"""A citizen at a browser: what they do, and what they can see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Locator, Page, expect

from bot.channels.web.tokens import token_hash
from store.conversations import ConversationRow
from store.engine import Database
from store.turns import by_token
from tests.running import Running

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAPERS = "Làm giấy khai sinh cho con cần gì?"
ANSWER_MS = 20_000


@dataclass
class Citizen:
    """One tab. complaints: what the browser's console complained of."""

    page: Page
    context: BrowserContext
    running: Running
    complaints: list[str] = field(default_factory=list)

    @property
    def input(self) -> Locator:
        """Where questions are written."""
        return self.page.get_by_role("textbox", name="Câu hỏi của anh/chị")

    @property
    def log(self) -> Locator:
        """The conversation as it is seen."""
        return self.page.get_by_role("log")

    @property
    def answers(self) -> Locator:
        """What the assistant said, oldest first."""
        return self.page.locator("article.assistant")

    async def open(self, path: str = "/") -> None:
        """Go to a page of Motcua and see the chat."""
        await self.page.goto(self.running.base + path)
        await expect(self.input).to_be_visible()

    async def write(self, text: str) -> None:
        """Type a question and press Enter."""
        await self.input.fill(text)
        await self.input.press("Enter")

    async def ask(self, text: str) -> Locator:
        """Type a question; its answer."""
        before = await self.answers.count()
        await self.write(text)
        return await self.answer(before)

    async def papers(self) -> Locator:
        """Ask for the papers of a birth registration, taking the first choice if the assistant asks back."""
        answer = await self.ask(PAPERS)
        if await answer.get_by_role("checkbox").count() == 0:
            answer = await self.press(answer.locator(".choices button").first)
        return answer

    async def press(self, button: Locator) -> Locator:
        """Press a button that asks something; its answer."""
        before = await self.answers.count()
        await button.click()
        return await self.answer(before)

    async def answer(self, before: int) -> Locator:
        """The answer that follows `before` answers."""
        await expect(self.answers).to_have_count(before + 1, timeout=ANSWER_MS)
        return self.answers.nth(before)

    async def token(self) -> str | None:
        """The token that this tab keeps."""
        kept: dict[str, Any] | None = await self.page.evaluate(
            "JSON.parse(sessionStorage.getItem('motcua.conversation') ?? 'null')"
        )
        return kept["token"] if kept else None

    async def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is now."""
        found = await Axe().run(self.page, options={"runOnly": RULES})
        return [f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in found.response["violations"]]

    async def conversation(self, database: Database) -> ConversationRow:
        """This tab's conversation in the store."""
        token = await self.token()
        assert token
        with database.read() as session:
            row = by_token(session, token_hash(token))
        assert row is not None
        return row
