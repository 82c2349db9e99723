"""A conversation that knows only what is recognised word for word, over a real store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from bot.exact import ExactWords
from bot.messages import UserMessage
from bot.photos import PhotoError
from settings import Settings
from store import turns
from store.base import new_id
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from tests.channels.zalo_desk import Repeating
from tests.fakes.sms_server import ACCOUNT, SENDER, TOKEN

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
BASE = "https://dvc.example"


def settings(**more: Any) -> Settings:
    """Settings with every way of reminding set up."""
    return Settings(
        _env_file=None, public_base_url=BASE, twilio_account_sid=ACCOUNT, twilio_auth_token=SecretStr(TOKEN),
        sms_from=SENDER, zalo_zns_news_template="news", zalo_zns_code_template="code", **more,
    )  # fmt: skip


def _no_picture(url: str) -> bytes:
    raise PhotoError("kind")


@dataclass
class ExactDesk:
    """One citizen on one channel. client: where they come from. account: what the channel knows them by."""

    database: Database
    vault: Vault
    channel: Any = "web"
    client: str = "here"
    id: str = field(default_factory=new_id)
    account: str | None = None

    def __post_init__(self) -> None:
        self.words = ExactWords(self.database, self.vault, Repeating(), settings(), _no_picture)
        with self.database.write() as session:
            row = ConversationRow(id=self.id, channel=self.channel, external=self.account, context={}, consent={})
            session.add(row)

    def say(self, text: str, at: datetime = AT) -> str | None:
        """What is answered; None when it was left to the dialogue. Both sides are stored."""
        with self.database.read() as session:
            history = turns.latest(session, self.id)
        exact = self.words(UserMessage(self.id, self.channel, text, new_id(), at, client=self.client), history)
        if exact is None:
            return None
        payload = exact.payload
        said = "\n".join(message["text"] for message in payload["messages"])
        self.store(TurnRow(author="citizen", text=exact.shown))
        self.store(TurnRow(author="assistant", status=payload["status"], text=said, details=payload.get("details", {})))
        return said

    def store(self, *said: TurnRow) -> None:
        """Add turns to the conversation."""
        with self.database.write() as session:
            turns.append(session, session.get_one(ConversationRow, self.id), said)

    def kept(self) -> str:
        """All that is stored of what was said."""
        with self.database.read() as session:
            return "\n".join(f"{turn.text} {turn.details}" for turn in turns.after(session, self.id, 0))
