"""``POST /channels/zalo/webhook``: check the signature, commit what was sent, answer 200, and only then work."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Header, Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot import metrics
from bot.channels.zalo.direct import direct_answer, texts
from bot.channels.zalo.events import Event, read
from bot.channels.zalo.people import CHANNEL, conversation_of
from bot.channels.zalo.sender import Sender
from bot.channels.zalo.signature import genuine
from bot.complaints import latest_open
from bot.conversation import Conversation
from bot.limits import Limit, RateLimiter
from bot.messages import Reply, UserMessage
from bot.problems import Problem
from knowledge.province import Profile
from knowledge.vocabulary import message_json
from store import inbox, outbox, turns
from store.base import new_id, now
from store.consent import agreed
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database

log = structlog.get_logger()
MAX_BODY = 65536
AT_ONCE = 8
# Events of one person, more than anybody writes.
PER_PERSON = Limit(90, 60)
Accepted = tuple[int, UserMessage]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What signs the events of the account."""

    app_id: str
    oa_secret: str


class Webhook:
    """secrets: None answers 503. sender: woken after each reply. limiter: of the events of each person."""

    def __init__(
        self, database: Database, vault: Vault, conversation: Conversation, profile: Profile, sender: Sender,
        secrets: Secrets | None, limiter: RateLimiter,
    ) -> None:  # fmt: skip
        self._db, self._vault, self._conversation, self._profile = database, vault, conversation, profile
        self._sender, self._secrets, self._limiter = sender, secrets, limiter
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self.router = APIRouter(tags=["zalo"])
        self.router.add_api_route("/channels/zalo/webhook", self.receive, methods=["POST"])

    async def receive(
        self, request: Request, signature: Annotated[str, Header(alias="X-ZEvent-Signature")] = ""
    ) -> dict[str, int]:
        """Take one event; the same one again changes nothing.

        What one person sends beyond `PER_PERSON` is acknowledged and dropped: refused events would have Zalo stop
        calling, for everybody.
        """
        raw = self._checked(await _body(request), signature)
        event = read(raw, now())
        if event.kind == "other":
            log.info("acknowledged", zalo_event=event.name[:64])
            return {"error": 0}
        person = self._vault.fingerprint(event.user, "limit")
        if await self._limiter.retry_after(f"zalo:{person}", PER_PERSON):
            metrics.SHED.labels("zalo").inc()
            return {"error": 0}
        accepted = await asyncio.to_thread(self._commit, event)
        if accepted is not None:
            task = asyncio.create_task(self._work(*accepted))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._sender.wake()
        return {"error": 0}

    async def finish(self) -> None:
        """Wait for what is being answered."""
        await asyncio.gather(*self._tasks)

    def _checked(self, body: bytes, signature: str) -> dict[str, Any]:
        if self._secrets is None:
            raise Problem(503, "Chưa đặt đủ các giá trị ZALO_… nên chưa nhận tin Zalo.")
        try:
            raw = json.loads(body)
            json.dumps(raw, ensure_ascii=False).encode()  # half a surrogate pair cannot be kept anywhere
        except (ValueError, RecursionError):
            raise Problem(400) from None
        if not isinstance(raw, dict):
            raise Problem(400)
        timestamp = str(raw.get("timestamp") or "")
        if not genuine(signature, self._secrets.app_id, body, timestamp, self._secrets.oa_secret):
            raise Problem(403)
        return raw

    def _commit(self, event: Event) -> Accepted | None:
        """Keep the event; what is left to answer, None for a duplicate or when it is answered already."""
        try:
            with self._db.write() as session:
                return self._take(session, event)
        except IntegrityError:  # another replica has just taken the same event, or opened the same conversation
            with self._db.write() as session:
                return self._take(session, event)

    def _take(self, session: Session, event: Event) -> Accepted | None:
        conversation = conversation_of(session, self._vault, event.user)
        if inbox.find(session, conversation.id, event.message_id) is not None:
            return None
        if event.kind != "follow":
            conversation.consent = agreed(conversation.consent, "answer", "wrote to the account", event.at)
        outbox.release(session, CHANNEL, str(conversation.external), now())
        if event.kind == "text":
            client = str(conversation.external)
            message = UserMessage(conversation.id, "zalo", event.text, event.message_id, event.at, client=client)
            return self._conversation.accept(message, session).id, message
        if event.picture and latest_open(session, conversation.id, now()) is not None:
            payload = f"/photo{json.dumps({'url': event.picture})}"
            message = UserMessage(conversation.id, "zalo", payload, event.message_id, event.at)
            return self._conversation.accept(message, session).id, message
        self._answer(session, conversation, event)
        return None

    def _answer(self, session: Session, conversation: ConversationRow, event: Event) -> None:
        answered = direct_answer(event, self._profile)
        said = answered.messages[0]
        reply = Reply(conversation.id, new_id(), "smalltalk", (said,))
        asked = TurnRow(
            id=new_id(), author="citizen", text=texts()["shown"][event.kind], message_id=event.message_id, at=event.at,
            messages=[], details={},
        )  # fmt: skip
        answer = TurnRow(
            id=reply.turn_id, author="assistant", text=said.text, reply_to=asked.id, status=reply.status,
            messages=[message_json(said)], details=answered.details,
        )  # fmt: skip
        turns.append(session, conversation, [asked, answer])
        done = InboxRow(conversation_id=conversation.id, message_id=event.message_id, channel=CHANNEL)
        done.accepted_at, done.state, done.turn_id = event.at, "done", reply.turn_id
        session.add(done)
        self._conversation.deliver[CHANNEL](session, conversation, reply)

    async def _work(self, row_id: int, message: UserMessage) -> None:
        async with self._room:
            await self._conversation.work(row_id, message)
        self._sender.wake()


async def _body(request: Request) -> bytes:
    """The raw body. Raises a problem 413 as soon as it is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Problem(413)
    return body
