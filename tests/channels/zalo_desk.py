"""The Zalo channel over a real store, between a fake Zalo on loopback HTTP and a real conversation without Rasa."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from bot.channels.zalo.pictures import picture_source
from bot.channels.zalo.wiring import make_zalo
from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.exact import ExactWords
from bot.feed import Feed
from bot.limits import RateLimiter
from bot.messages import Aspect, Message
from bot.problems import install
from knowledge.answer import Answer
from knowledge.province import Profile, load_profile
from knowledge.question import Context, Question, Understanding
from settings import Settings
from store.crypto import Vault
from store.engine import Database
from tests.fakes.zalo_server import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, ZaloServer
from tests.running import free_port


@dataclass
class Repeating:
    """Knowledge that answers each question with its own words, so that an answer tells what it answers."""

    snapshot: int = 1

    def understand(self, text: str, context: Context) -> Understanding:
        return Understanding(text, np.zeros(384, np.float32), (Question(text, (), "answer", 1.0),))

    def pressed(self, entry: str, aspect: Aspect | None) -> Understanding:
        return self.understand(f"pressed {entry}", Context())

    def answer(self, questions: Sequence[Question], context: Context, *, follow_up: bool = False) -> list[Answer]:
        return [Answer("answered", (Message(f"Trả lời: {one.text}"),), 1.0) for one in questions]


@asynccontextmanager
async def listening(app: FastAPI, port: int | None = None) -> AsyncIterator[str]:
    """Serve an app on a port, by default a free one; its address."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@dataclass
class Replica:
    """One gateway with only the Zalo channel in it."""

    database: Database
    vault: Vault
    var: Path
    zalo: str
    name: str = "one"
    refresh_token: str = FIRST_REFRESH
    limited: bool = False
    profile: Profile = field(default_factory=lambda: load_profile("tinh-mau"))

    def __post_init__(self) -> None:
        settings = Settings(
            _env_file=None, var_dir=self.var / self.name, zalo_app_id=APP_ID, zalo_app_secret=SecretStr(APP_SECRET),
            zalo_oa_secret=SecretStr(OA_SECRET), zalo_refresh_token=SecretStr(self.refresh_token),
            zalo_api_base=self.zalo, zalo_oauth_base=self.zalo,
            zalo_zns_base=self.zalo, zalo_zns_news_template="news", zalo_zns_code_template="code",
        )  # fmt: skip
        self.dialogue = RasaClient(f"http://127.0.0.1:{free_port()}", "")
        self.conversation = Conversation(self.database, self.vault, Repeating(), self.dialogue, Feed(None), self.name)
        limiter = RateLimiter(None, enabled=self.limited)
        zalo = make_zalo(settings, self.database, self.vault, self.conversation, self.profile, limiter, pace=0.02)
        self.webhook, self.sender, self.notifications = zalo.webhook, zalo.sender, zalo.notifications
        self.conversation.exact = ExactWords(self.database, self.vault, Repeating(), settings, picture_source(settings))
        self.app = FastAPI()
        install(self.app)
        self.app.include_router(self.webhook.router)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://gateway")
        self.sending = asyncio.create_task(self.sender.run())

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Deliver a webhook call; the HTTP status."""
        return (await self.http.post("/channels/zalo/webhook", content=body, headers=headers)).status_code

    async def die(self) -> None:
        """Stop sending at once, in the middle of whatever goes on."""
        self.sending.cancel()
        await asyncio.gather(self.sending, return_exceptions=True)

    async def close(self) -> None:
        """Stop everything."""
        await self.die()
        await self.webhook.finish()
        await self.http.aclose()
        await self.sender.close()
        await self.dialogue.close()


async def until(zalo: ZaloServer, count: int, seconds: float = 60.0) -> None:
    """Wait until the fake Zalo took so many messages."""
    async with asyncio.timeout(seconds):
        while len(zalo.taken) < count:
            await asyncio.sleep(0.02)
