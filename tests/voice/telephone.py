"""A telephone over the real store, dossier desk and seed entries, and a simulated carrier that calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from actions.backends.sql import SqlBackend
from actions.dossier_lookup import DossierDesk
from bot.conversation import Deliver
from bot.limits import RateLimiter
from bot.messages import Message, Reply, UserMessage
from bot.payloads import parse
from bot.problems import install
from knowledge.answer import about
from knowledge.entry import Faq, Procedure
from knowledge.province import load_profile
from knowledge.question import Context
from knowledge.seeding import load_seed
from store.base import new_id, now
from store.crypto import Vault
from store.dossiers import ABSENT, code_key, number_digest, upsert
from store.engine import Database
from voice.line import Telephone
from voice.signature import Gatekeeper
from voice.simulator.carrier import Account, SimulatedCall
from voice.twiml import Carrier
from voice.webhook import voice_router

BASE = "https://hotline.example"
RUN_TOKEN, CARRIER_TOKEN = "token-of-the-simulator", "token-of-the-carrier"
OPEN, SHUT = "2026-11-23T09:00:00+07:00", "2026-11-22T09:00:00+07:00"
IMPORTED = "1.013813"
CODE, NUMBER = "H00.14-261105-0012", "4321"


@lru_cache(maxsize=1)
def seed() -> Mapping[str, Procedure | Faq]:
    """The entries that ship with the product, and one that was imported from the portal."""
    found = load_seed()
    bare = {"id": IMPORTED, "origin": "import", "title": "Sửa đổi giấy chứng nhận sản xuất thuốc thú y"}
    found.append(next(e for e in found if isinstance(e, Procedure)).model_copy(update=bare))
    return {entry.id: entry for entry in found}


@dataclass
class SeedKnowledge:
    """The live entries of a test."""

    snapshot: int = 1
    entries: Mapping[str, Procedure | Faq] = field(default_factory=seed)


@dataclass
class FakeConversation:
    """Answers pressed buttons with the real composer and sentences as `said` tells; other tests use the dialogue."""

    said: dict[str, Reply] = field(default_factory=dict)
    asked: list[UserMessage] = field(default_factory=list)
    deliver: dict[str, Deliver] = field(default_factory=dict)

    async def reply(self, message: UserMessage) -> Reply:
        self.asked.append(message)
        pressed = parse(message.text)
        if pressed is None or pressed.entry is None:
            return self.said.get(message.text) or reply("unanswered", "Hiện chưa có thông tin chắc chắn.")
        aspects = (pressed.aspect,) if pressed.aspect else ()
        said = about(pressed.entry, aspects, Context(), seed(), load_profile("tinh-mau"))
        return Reply(message.conversation_id, new_id(), said.status, said.messages)


def reply(status: Any, text: str, *, buttons: Any = (), entry_ids: Any = (), **details: Any) -> Reply:
    """A reply of one message."""
    return Reply(
        "", new_id(), status, (Message(text, text, tuple(entry_ids), buttons=tuple(buttons)),), details=details
    )


@dataclass
class Hotline:
    """A gateway with only the telephone in it."""

    database: Database
    vault: Vault
    folder: Path
    operators: tuple[str, ...] = ()
    speech: bool = True
    conversation: FakeConversation = field(default_factory=FakeConversation)
    carrier_token: str | None = None
    transcribe: Any = None
    forgotten: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        desk = DossierDesk(self.database, self.vault, SqlBackend(self.database, self.vault), pace=0.01)
        carrier = Carrier(BASE, "Google.vi-VN-Standard-A", self.folder, self.operators, self.speech)
        self.telephone = Telephone(
            self.database, self.vault, self.conversation, SeedKnowledge(), load_profile("tinh-mau"), desk, carrier,
            Gatekeeper(BASE, self.carrier_token, RUN_TOKEN), self.forget, self.transcribe,
        )  # fmt: skip
        self.app = FastAPI()
        install(self.app)
        self.app.include_router(voice_router(self.telephone, RateLimiter(None)))
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 5000))
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE)

    async def forget(self, conversation_id: str) -> None:
        self.forgotten.append(conversation_id)

    def call(self, *, at: str = OPEN, caller: str = "+84912345678", token: str = RUN_TOKEN) -> SimulatedCall:
        """Somebody who is about to call."""
        account = Account(BASE, token, "twilio" if self.speech else "somleng", at)
        return SimulatedCall(self.http, account, caller)

    def keep_dossier(self, status: int = 4, code: str = CODE, number: str = NUMBER) -> None:
        """A dossier in the store."""
        values = {
            "applicant": number_digest(self.vault, code, number), "authorised": ABSENT, "status": status,
            "procedure_id": "1.001193", "procedure_title": "Đăng ký khai sinh", "received_on": date(2026, 11, 5),
            "due_on": date(2026, 11, 25), "origin": "push",
        }  # fmt: skip
        with self.database.write() as session:
            upsert(session, code_key(self.vault, code), values, now())


def monday(hour: int = 9) -> datetime:
    """A moment when the office is open."""
    return datetime(2026, 11, 23, hour - 7, tzinfo=UTC)
