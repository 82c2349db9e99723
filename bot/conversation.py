"""The one door: every channel hands its `UserMessage` to `Conversation.reply`.

A message goes through visible steps: accept (committed before anything is acknowledged) → mask → understand once →
ask the dialogue, or answer without it → commit the reply. Whatever fails, the citizen gets words.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from typing import Any, Protocol

import structlog
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from bot import metrics, payloads, replies, without_dialogue
from bot.context import context_from, pressed_title
from bot.dialogue import DialogueError, RasaClient
from bot.feed import Feed
from bot.giving_up import apologise
from bot.inbound import Unreadable, seal, unseal
from bot.messages import Aspect, Reply, UserMessage
from bot.privacy import mask
from bot.steps import Exact, Read, Said, Work, settled
from bot.tickets import with_pin
from bot.wording import words
from knowledge.answer import Answer
from knowledge.question import Context, Question, Understanding
from knowledge.vocabulary import message_json
from store import inbox, notices, secrets, turns
from store.base import new_id, now
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.locks import hold

log = structlog.get_logger()
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


class Conversation:
    """All conversations of this replica.

    owner: a name for this replica that survives its restart. deliver: per channel, writes what must be sent out, in
    the transaction that commits the reply. exact: answers what is recognised word for word, before anything else.
    call_person: puts a conversation into the queue for a person when the dialogue cannot.
    """

    def __init__(
        self, database: Database, vault: Vault, knowledge: Knowledge, dialogue: RasaClient, feed: Feed, owner: str
    ) -> None:
        self._db, self._vault, self._knowledge, self._dialogue = database, vault, knowledge, dialogue
        self._feed, self._owner = feed, owner
        self._locks: dict[str, asyncio.Lock] = {}
        self.deliver: dict[str, Deliver] = {}
        self.call_person: Callable[[str], dict[str, Any]] | None = None
        self.exact: Callable[[UserMessage, Sequence[TurnRow]], Exact | None] = lambda message, history: None

    async def reply(self, message: UserMessage) -> Reply:
        """The reply to a message; never raises. The same `message_id` again gives the same reply."""
        try:
            row = await asyncio.to_thread(self.accept, message)
        except Exception:
            log.exception("not accepted", conversation=message.conversation_id)
            return self._unavailable(message, new_id())
        if row.lease_owner is None:
            return with_pin(self._vault, await self._stored_reply(message, row))
        return with_pin(self._vault, await self.work(row.id, message))

    def accept(self, message: UserMessage, session: Session | None = None) -> InboxRow:
        """Commit a message to the inbox, sealed. A row without a lease was accepted before and is not ours to answer.

        session: an open writing transaction to do it in, when the channel has more to commit with it.
        """
        if session is None:
            with self._db.write() as own:
                return self.accept(message, own)
        hold(session, f"inbox:{message.conversation_id}")
        known = inbox.find(session, message.conversation_id, message.message_id)
        if known is not None:
            return InboxRow(id=known.id, turn_id=known.turn_id, state=known.state, lease_owner=None)
        row = InboxRow(
            conversation_id=message.conversation_id,
            message_id=message.message_id,
            channel=message.channel,
            sealed=seal(self._vault, message),
            accepted_at=message.at,
        )
        return inbox.accept(session, row, self._owner)

    async def work(self, row_id: int, message: UserMessage) -> Reply:
        """Answer an accepted message, after the earlier ones of its conversation; never raises."""
        with bound_contextvars(conversation=message.conversation_id, turn=message.message_id):
            lock = self._locks.setdefault(message.conversation_id, asyncio.Lock())
            try:
                async with lock:
                    return await self._answer(Work(row_id, message))
            except Exception:
                log.exception("not answered")
                return self._unavailable(message, new_id())
            finally:
                if not lock.locked():
                    self._locks.pop(message.conversation_id, None)

    def release(self) -> None:
        """Leave what this replica was answering before its restart to `recover`; to be called before it serves."""
        with self._db.write() as session:
            inbox.release(session, self._owner, now())

    async def recover(self) -> int:
        """Answer what was accepted and left behind, here or by a replica that died; how many there were."""
        found = 0
        while (row := await asyncio.to_thread(self._claim)) is not None:
            found += 1
            if row.state == "parked":
                log.error("parked", conversation=row.conversation_id, inbox=row.id)
                self._feed.publish(row.conversation_id)
                continue
            try:
                message = unseal(self._vault, row)
            except Unreadable:
                log.exception("not readable", conversation=row.conversation_id, inbox=row.id)
                continue
            await self.work(row.id, message)
        return found

    def _claim(self) -> InboxRow | None:
        """The next message left behind; one that was tried too often is parked, and its citizen told."""
        with self._db.write() as session:
            row = inbox.claim_abandoned(session, self._owner, now())
            if row is not None and row.state == "parked":
                apologise(session, row, self.deliver)
            return row

    async def _answer(self, work: Work) -> Reply:
        read = await self._read_in_turn(work)
        if isinstance(read, Said):
            return await self._commit(work, [read.payload])
        work.lap("understand")
        answered = await self._decide(work, read)
        if read.notice:
            answered = [{"messages": [{"text": read.notice}]}, *answered]
        work.lap("dialogue")
        return await self._commit(work, answered)

    async def _read_in_turn(self, work: Work) -> Read | Said:
        """Read a message once the earlier ones of its conversation are answered, or have had their time."""
        until = time.monotonic() + WAIT_FOR_OTHERS
        while True:
            read = await asyncio.to_thread(self._read, work, time.monotonic() < until)
            if read is not None:
                return read
            await asyncio.sleep(0.05)

    def _read(self, work: Work, in_turn: bool) -> Read | Said | None:
        """What the store and the knowledge base say of a message; None while it must wait for an earlier one."""
        with self._db.read() as session:
            if in_turn and inbox.earlier_open(session, work.row_id, work.message.conversation_id):
                return None
            conversation = session.get_one(ConversationRow, work.message.conversation_id)
            history = turns.latest(session, conversation.id)
            last = next((turn.at for turn in reversed(history) if turn.author == "assistant"), None)
            told = notices.to_tell(session, last)
        listens = conversation.ended_at is None and conversation.state != "person"
        exact = self.exact(work.message, history) if listens else None
        if exact is not None:
            work.shown = exact.shown
            return Said(exact.payload)
        work.masked = work.shown = self._mask(work.message)
        work.lap("accept")
        said = settled(conversation, told, work.masked)
        if said is not None:
            return said
        context = context_from(history)
        understanding, sent = self._understand(work, history, context)
        notice = "\n\n".join(told[kind] for kind in ("banner", "notice") if kind in told)
        return Read(context, understanding, sent, notice)

    def _mask(self, message: UserMessage) -> str:
        """The text without personal values; only a text that has some is worth a writing transaction."""
        with ExitStack() as stack:
            session = cache(lambda: stack.enter_context(self._db.write()))
            return mask(message.text, lambda k, v: secrets.keep(session(), self._vault, message.conversation_id, k, v))

    def _understand(self, work: Work, history: list[TurnRow], context: Context) -> tuple[Understanding, str]:
        pressed = payloads.parse(work.message.text)
        if pressed is None:
            text = work.masked.lstrip("/ ")
            return self._knowledge.understand(text, context), text
        title = pressed_title(history, work.message.text)
        work.shown = title or words()["pressed_intents"].get(pressed.intent, words()["pressed"])
        if pressed.entry is None:
            return self._knowledge.understand(work.shown, context), f"/{pressed.intent}"
        return self._knowledge.pressed(pressed.entry, pressed.aspect), f"/{pressed.intent}"

    async def _decide(self, work: Work, read: Read) -> list[dict[str, Any]]:
        metadata = read.understanding.metadata(read.context) | {
            "turn": work.message.message_id,
            "ch": work.message.channel,
            "client": work.message.client,
            "keys": work.message.keys,
        }
        try:
            return await self._dialogue.send(work.message.conversation_id, read.sent, metadata)
        except DialogueError as error:
            log.warning("answered without dialogue", reason=type(error).__name__)
            call = partial(self.call_person, work.message.conversation_id) if self.call_person else None
            return await asyncio.to_thread(
                without_dialogue.answer, self._knowledge, read.understanding, read.sent, read.context, call
            )

    async def _commit(self, work: Work, answered: list[dict[str, Any]]) -> Reply:
        reply = replies.reply_from(work.message.conversation_id, answered)
        stored = await asyncio.to_thread(self._store, work, reply)
        work.lap("commit")
        metrics.turn(work.message.channel, stored.status, work.timings)
        self._feed.publish(reply.conversation_id)
        return stored

    def _store(self, work: Work, reply: Reply) -> Reply:
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
                self.deliver[work.message.channel](session, conversation, with_pin(self._vault, reply))
        return reply

    def _turn(self, work: Work, reply: Reply, asked: TurnRow) -> TurnRow:
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
        metrics.turn(message.channel, "unavailable", {})
        said = replies.message_from({"text": words()["unavailable"]})
        return Reply(message.conversation_id, turn_id, "unavailable", (said,))
