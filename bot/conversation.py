"""The one door: every channel hands its `UserMessage` to `Conversation.reply`.

A message goes through visible steps: accept (committed before anything is acknowledged) → mask → understand once →
ask the dialogue, or answer without it → commit the reply. Whatever fails, the citizen gets words.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

import structlog
from sqlalchemy.orm import Session

from bot import payloads, replies, without_dialogue
from bot.context import context_from, pressed_title
from bot.dialogue import DialogueError, RasaClient
from bot.feed import Feed
from bot.messages import Aspect, ChannelName, Reply, Status, UserMessage
from bot.privacy import mask
from bot.wording import words
from knowledge.answer import Answer
from knowledge.question import Context, Question, Understanding
from knowledge.urgent import urgent_kind
from knowledge.vocabulary import message_json
from store import inbox, notices, secrets, turns
from store.base import new_id, now
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database

log = structlog.get_logger()
RAW = "inbox"
WAIT_FOR_OTHERS = 20.0


class Knowledge(Protocol):
    """What the conversation needs of the knowledge base."""

    def understand(self, text: str, context: Context) -> Understanding:
        """Normalise, restore, encode and retrieve, once."""

    def pressed(self, entry: str, aspect: Aspect | None) -> Understanding:
        """The understanding of a pressed button."""

    def answer(self, questions: Sequence[Question], context: Context, *, follow_up: bool = False) -> list[Answer]:
        """The answer to each question, from the live snapshot."""

    @property
    def snapshot(self) -> int:
        """The number of the snapshot that answers."""


Deliver = Callable[[Session, ConversationRow, Reply], None]


@dataclass(slots=True)
class _Work:
    """One accepted message on its way to its reply."""

    row_id: int
    message: UserMessage
    masked: str = ""
    shown: str = ""
    status: Status = "unavailable"
    payloads: list[dict[str, Any]] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """Note the milliseconds since the last lap."""
        spent = (time.perf_counter() - self.started) * 1000 - sum(self.timings.values())
        self.timings[step] = round(spent, 1)


class Conversation:
    """All conversations of this replica.

    owner: a name for this replica that survives its restart. deliver: per channel, writes what must be sent out, in
    the transaction that commits the reply.
    """

    def __init__(
        self, database: Database, vault: Vault, knowledge: Knowledge, dialogue: RasaClient, feed: Feed, owner: str
    ) -> None:
        self._db, self._vault, self._knowledge, self._dialogue = database, vault, knowledge, dialogue
        self._feed, self._owner = feed, owner
        self._locks: dict[str, asyncio.Lock] = {}
        self.deliver: dict[str, Deliver] = {}

    async def reply(self, message: UserMessage) -> Reply:
        """The reply to a message; never raises. The same `message_id` again gives the same reply."""
        try:
            row = await asyncio.to_thread(self.accept, message)
        except Exception:
            log.exception("not accepted", conversation=message.conversation_id)
            return self._unavailable(message, new_id())
        if row.lease_owner is None:
            return await self._stored_reply(message, row)
        return await self.work(row.id, message)

    def accept(self, message: UserMessage, session: Session | None = None) -> InboxRow:
        """Commit a message to the inbox, sealed. A row without a lease was accepted before and is not ours to answer.

        session: an open writing transaction to do it in, when the channel has more to commit with it.
        """
        if session is None:
            with self._db.write() as own:
                return self.accept(message, own)
        known = inbox.find(session, message.conversation_id, message.message_id)
        if known is not None:
            return InboxRow(id=known.id, turn_id=known.turn_id, state=known.state, lease_owner=None)
        row = InboxRow(
            conversation_id=message.conversation_id,
            message_id=message.message_id,
            channel=message.channel,
            sealed=self._vault.seal(message.text, RAW),
            accepted_at=message.at,
        )
        return inbox.accept(session, row, self._owner)

    async def work(self, row_id: int, message: UserMessage) -> Reply:
        """Answer an accepted message, after the earlier ones of its conversation; never raises."""
        work = _Work(row_id, message)
        lock = self._locks.setdefault(message.conversation_id, asyncio.Lock())
        try:
            async with lock:
                return await self._answer(work)
        except Exception:
            log.exception("not answered", conversation=message.conversation_id)
            return self._unavailable(message, new_id())
        finally:
            if not lock.locked():
                self._locks.pop(message.conversation_id, None)

    async def recover(self, *, restarted: bool) -> int:
        """Answer what was accepted and left behind, here or by a replica that died; how many there were."""
        rows = await asyncio.to_thread(self._claim, restarted)
        for row in rows:
            if row.state == "parked" or row.sealed is None:
                log.error("parked", conversation=row.conversation_id, inbox=row.id)
                continue
            text = self._vault.open(row.sealed, RAW)
            channel = cast(ChannelName, row.channel)
            await self.work(row.id, UserMessage(row.conversation_id, channel, text, row.message_id, row.accepted_at))
        return len(rows)

    def _claim(self, restarted: bool) -> list[InboxRow]:
        with self._db.write() as session:
            return inbox.claim_abandoned(session, self._owner, now(), restarted)

    async def _answer(self, work: _Work) -> Reply:
        await self._wait_for_turn(work)
        conversation, history = await asyncio.to_thread(self._open, work)
        work.lap("accept")
        if conversation.state == "person":
            person = {"status": "handed_over", "messages": [{"text": words()["person_has_it"]}]}
            return await self._commit(work, [person])
        if conversation.ended_at is not None:
            ended = {"status": "unavailable", "messages": [{"text": words()["ended"]}]}
            return await self._commit(work, [ended])
        told = await asyncio.to_thread(self._told)
        if "pause" in told and urgent_kind(work.masked) is None:
            return await self._commit(work, [{"status": "unavailable", "messages": [{"text": told["pause"]}]}])
        context = context_from(history)
        understanding, sent = await asyncio.to_thread(self._understand, work, history, context)
        work.lap("understand")
        answered = await self._decide(work, understanding, sent, context)
        if "notice" in told and not history:
            answered = [{"messages": [{"text": told["notice"]}]}, *answered]
        work.lap("dialogue")
        return await self._commit(work, answered)

    def _told(self) -> dict[str, str]:
        """What staff have all citizens told now, by kind."""
        with self._db.read() as session:
            return {kind: row.text for kind, row in notices.in_force(session).items()}

    async def _wait_for_turn(self, work: _Work) -> None:
        until = time.monotonic() + WAIT_FOR_OTHERS
        while time.monotonic() < until:
            if not await asyncio.to_thread(self._earlier_open, work):
                return
            await asyncio.sleep(0.05)

    def _earlier_open(self, work: _Work) -> bool:
        with self._db.read() as session:
            return inbox.earlier_open(session, work.row_id, work.message.conversation_id)

    def _open(self, work: _Work) -> tuple[ConversationRow, list[TurnRow]]:
        message = work.message
        with self._db.write() as session:
            conversation = session.get_one(ConversationRow, message.conversation_id)
            history = turns.latest(session, conversation.id)
            work.masked = mask(message.text, lambda k, v: secrets.keep(session, self._vault, conversation.id, k, v))
        work.shown = work.masked
        return conversation, history

    def _understand(self, work: _Work, history: list[TurnRow], context: Context) -> tuple[Understanding, str]:
        pressed = payloads.parse(work.message.text)
        if pressed is None:
            text = work.masked.lstrip("/ ")
            return self._knowledge.understand(text, context), text
        title = pressed_title(history, work.message.text)
        work.shown = title or words()["pressed_intents"].get(pressed.intent, words()["pressed"])
        if pressed.entry is None:
            return self._knowledge.understand(work.shown, context), f"/{pressed.intent}"
        return self._knowledge.pressed(pressed.entry, pressed.aspect), f"/{pressed.intent}"

    async def _decide(
        self, work: _Work, understanding: Understanding, sent: str, context: Context
    ) -> list[dict[str, Any]]:
        metadata = understanding.metadata(context) | {
            "turn": work.message.message_id,
            "ch": work.message.channel,
            "client": work.message.client,
            "keys": work.message.keys,
        }
        try:
            return await self._dialogue.send(work.message.conversation_id, sent, metadata)
        except DialogueError as error:
            log.warning("answered without dialogue", reason=type(error).__name__)
            return await asyncio.to_thread(without_dialogue.answer, self._knowledge, understanding, sent, context)

    async def _commit(self, work: _Work, answered: list[dict[str, Any]]) -> Reply:
        reply = replies.reply_from(work.message.conversation_id, answered)
        stored = await asyncio.to_thread(self._store, work, reply)
        self._feed.publish(reply.conversation_id)
        return stored

    def _store(self, work: _Work, reply: Reply) -> Reply:
        work.lap("compose")
        asked = TurnRow(
            id=new_id(), author="citizen", text=work.shown, message_id=work.message.message_id,
            at=work.message.at, messages=[], details={},
        )  # fmt: skip
        said = self._turn(work, reply, asked)
        with self._db.write() as session:
            if not inbox.finish(session, work.row_id, reply.turn_id):
                row = session.get_one(InboxRow, work.row_id)
                return replies.reply_from_turn(session.get_one(TurnRow, row.turn_id))
            conversation = session.get_one(ConversationRow, reply.conversation_id)
            turns.append(session, conversation, [asked, said])
            if work.message.channel in self.deliver:
                self.deliver[work.message.channel](session, conversation, reply)
        return reply

    def _turn(self, work: _Work, reply: Reply, asked: TurnRow) -> TurnRow:
        subject = next((m for m in reply.messages if m.entry_ids), None)
        return TurnRow(
            id=reply.turn_id,
            author="assistant",
            text="\n\n".join(m.text for m in reply.messages),
            reply_to=asked.id,
            status=reply.status,
            messages=[message_json(m) for m in reply.messages],
            entry_id=subject.entry_ids[0] if subject and reply.status == "answered" else None,
            aspect=subject.aspect if subject else None,
            intent=reply.details.get("intent"),
            confidence=reply.confidence,
            snapshot=self._knowledge.snapshot,
            details=reply.details,
            timings=work.timings,
        )

    async def _stored_reply(self, message: UserMessage, row: InboxRow) -> Reply:
        until = time.monotonic() + WAIT_FOR_OTHERS
        while time.monotonic() < until:
            turn = await asyncio.to_thread(self._turn_of, message)
            if turn is not None:
                return replies.reply_from_turn(turn)
            await asyncio.sleep(0.05)
        return replace(self._unavailable(message, new_id()), details={"accepted": True})

    def _turn_of(self, message: UserMessage) -> TurnRow | None:
        with self._db.read() as session:
            row = inbox.find(session, message.conversation_id, message.message_id)
            return session.get(TurnRow, row.turn_id) if row and row.turn_id else None

    def _unavailable(self, message: UserMessage, turn_id: str) -> Reply:
        said = replies.message_from({"text": words()["unavailable"]})
        return Reply(message.conversation_id, turn_id, "unavailable", (said,))
