"""The chat API of interface.md."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot import replies
from bot.channels.web import ratings, sessions
from bot.channels.web.ratings import Rating
from bot.channels.web.tokens import bearer
from bot.client_address import client_address, client_fingerprint
from bot.conversation import Conversation
from bot.limits import Limit, RateLimiter
from bot.messages import UserMessage
from bot.problems import Problem
from store import turns
from store.base import new_id, now
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database

MAX_CHARACTERS = 2000
PER_ADDRESS = Limit(600, 60)
PER_CONVERSATION = Limit(90, 60)
NEW_CONVERSATIONS = Limit(300, 60)


class ChatMessage(BaseModel):
    """The body of `POST /api/chat/messages`."""

    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, Field(min_length=1)]
    channel: Literal["web"] = "web"
    client_message_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    language: Literal["vi", "en"] = "vi"

    @field_validator("client_message_id")
    @classmethod
    def _keepable(cls, id_: str | None) -> str | None:
        if id_ is not None and not id_.isprintable():
            raise ValueError("not printable")
        return id_

    @field_validator("text")
    @classmethod
    def _clean(cls, text: str) -> str:
        text = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
        if not text:
            raise ValueError("empty")
        return text.encode("utf-8", "ignore").decode()


class NewConversation(BaseModel):
    """The body of `POST /api/chat`."""

    language: Literal["vi", "en"] = "vi"


class ChatApi:
    """The routes, over one `Conversation`. erase_tracker: deletes what the dialogue keeps of a conversation."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        conversation: Conversation,
        limiter: RateLimiter,
        erase_tracker: Callable[[str], object],
    ) -> None:
        self._db, self._vault, self._conversation, self._limiter = database, vault, conversation, limiter
        self._erase_tracker = erase_tracker
        self.router = APIRouter(prefix="/api/chat")
        self.router.add_api_route("/messages", self.send, methods=["POST"])
        self.router.add_api_route("/history", self.history, methods=["GET"])
        self.router.add_api_route("", self.erase, methods=["DELETE"], status_code=204)
        self.router.add_api_route("", self.open, methods=["POST"], status_code=201)
        self.router.add_api_route("/presence", self.stay, methods=["POST"], status_code=204)
        self.router.add_api_route("/ratings", self.rate, methods=["POST"], status_code=204)

    async def send(
        self, body: ChatMessage, request: Request, authorization: Annotated[str | None, Header()] = None
    ) -> dict[str, Any]:
        """Answer one message; without a token it opens a conversation and returns its token."""
        if len(body.text) > MAX_CHARACTERS:
            raise Problem(413)
        token = bearer(authorization)
        address = client_address(request)
        await self._allow(f"address:{address}", PER_ADDRESS)
        row, fresh = await self._conversation_of(token, body.language, address)
        await self._allow(f"conversation:{row.id}", PER_CONVERSATION)
        message = UserMessage(
            conversation_id=row.id,
            channel="web",
            text=body.text,
            message_id=body.client_message_id or new_id(),
            at=now(),
            language=row.language,
            client=client_fingerprint(self._vault, address),
        )
        reply = replies.reply_json(await self._conversation.reply(message))
        return reply | ({"token": fresh} if fresh else {})

    async def history(self, authorization: Annotated[str | None, Header()] = None) -> dict[str, Any]:
        """All turns of the conversation, oldest first."""
        row = await self._existing(bearer(authorization))
        with self._db.read() as session:
            return {"turns": [replies.turn_json(t) for t in turns.after(session, row.id, 0)], "state": row.state}

    async def open(self, body: NewConversation, request: Request) -> dict[str, str | None]:
        """Open a conversation before its first message, so that this message can be sent again without harm."""
        row, fresh = await self._conversation_of(None, body.language, client_address(request))
        return {"conversation_id": row.id, "token": fresh}

    async def stay(self, authorization: Annotated[str | None, Header()] = None) -> Response:
        """Somebody is still at the screen: start the ten idle minutes anew."""
        row = await self._existing(bearer(authorization))
        await self._allow(f"conversation:{row.id}", PER_CONVERSATION)
        with self._db.write() as session:
            sessions.touch(session, row.id)
        return Response(status_code=204)

    async def rate(self, body: Rating, authorization: Annotated[str | None, Header()] = None) -> Response:
        """Keep a citizen's judgement of an answer or of the conversation."""
        row = await self._existing(bearer(authorization))
        await self._allow(f"conversation:{row.id}", PER_CONVERSATION)
        with self._db.write() as session:
            if not ratings.keep(session, row.id, body):
                raise Problem(404)
        return Response(status_code=204)

    async def erase(self, authorization: Annotated[str | None, Header()] = None) -> Response:
        """End the conversation and delete it, in the dialogue's tracker first: what fails there can be asked again."""
        row = await self._existing(bearer(authorization))
        await asyncio.to_thread(self._erase_tracker, row.id)
        with self._db.write() as session:
            sessions.erase(session, row.id)
        return Response(status_code=204)

    async def _conversation_of(
        self, token: str | None, language: str, address: str
    ) -> tuple[ConversationRow, str | None]:
        if token is not None:
            return await self._existing(token), None
        await self._allow(f"new:{address}", NEW_CONVERSATIONS)
        return await asyncio.to_thread(self._start, language)

    def _start(self, language: str) -> tuple[ConversationRow, str]:
        with self._db.write() as session:
            return sessions.start(session, language)

    async def _existing(self, token: str | None) -> ConversationRow:
        row = await asyncio.to_thread(self._find, token) if token else None
        if row is None:
            raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
        return row

    def _find(self, token: str) -> ConversationRow | None:
        with self._db.read() as session:
            return sessions.find(session, token)

    async def _allow(self, key: str, limit: Limit) -> None:
        wait = await self._limiter.retry_after(key, limit)
        if wait:
            raise Problem(429, headers={"Retry-After": str(wait)})
