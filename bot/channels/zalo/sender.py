"""Sends what the outbox holds: in order, within Zalo's window, again after a failure, never lost.

A message goes out twice only when we died, or lost the line, after Zalo had taken it; `OutboxRow.uncertain`
counts that.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.channels.zalo.alerts import alert
from bot.channels.zalo.errors import EXPIRED, refusal
from bot.channels.zalo.people import CHANNEL
from bot.channels.zalo.people import PURPOSE as USER
from bot.channels.zalo.render import render
from bot.channels.zalo.tokens import AccessTokens, TokenUnavailable
from bot.messages import Reply
from store import outbox
from store.base import now
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from store.outbox import OutboxRow

log = structlog.get_logger()
WINDOW = timedelta(hours=48)
FREE_REPLIES = 8
LONGEST_WAIT = timedelta(minutes=5)
ACCOUNT_WAIT = timedelta(minutes=15)
MAX_REFUSALS = 12
# A send that begins later than this before the end of its lease might not be written down in time.
UNSURE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Sent:
    """How a call ended. code: 0 when Zalo took the message, its error code, None without an answer of Zalo's own.

    unknown: it may have been taken although we were not told.
    """

    code: int | None
    unknown: bool = False


class Sender:
    """api_base: without a slash at the end. pace: seconds of the first wait after a failure, and between looks."""

    def __init__(
        self, database: Database, vault: Vault, http: httpx.AsyncClient, tokens: AccessTokens, api_base: str,
        pace: float = 1.0, clock: Callable[[], datetime] = now,
    ) -> None:  # fmt: skip
        self._db, self._vault, self._http, self._tokens = database, vault, http, tokens
        self._url, self._pace, self._clock = f"{api_base}/v3.0/oa/message/cs", pace, clock
        self._woken = asyncio.Event()

    def deliver(self, session: Session, conversation: ConversationRow, reply: Reply) -> None:
        """Queue a reply in the transaction that commits it (`bot.conversation.Deliver`)."""
        sealed = [self._vault.seal(json.dumps(one), outbox.PURPOSE) for one in render(reply)]
        outbox.put(session, conversation, reply.turn_id, sealed)

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Send for ever."""
        while True:
            self._woken.clear()
            try:
                busy = await self.step()
            except TokenUnavailable:
                busy = False
            except Exception:
                log.exception("sending failed")
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace):
                        await self._woken.wait()

    async def close(self) -> None:
        """Close the connections to Zalo."""
        await self._http.aclose()

    async def step(self) -> int:
        """Send what is due now; how many messages were tried. Raises `TokenUnavailable` with nothing touched."""
        if not await asyncio.to_thread(self._due):
            return 0
        access = await self._tokens.current()
        rows = await asyncio.to_thread(self._claim)
        await asyncio.gather(*(self._send(row, access) for row in rows))
        return len(rows)

    def _due(self) -> bool:
        with self._db.read() as session:
            return outbox.due(session, CHANNEL, self._clock())

    def _claim(self) -> list[OutboxRow]:
        with self._db.write() as session:
            return outbox.claim(session, CHANNEL, self._clock())

    async def _send(self, row: OutboxRow, access: str) -> None:
        user, free = await asyncio.to_thread(self._addressee, row)
        if self._clock() > row.due_at - UNSURE:
            await asyncio.to_thread(self._settle, row, state="waiting", due_at=self._clock())
            return
        if not free or row.sealed is None:
            await asyncio.to_thread(self._settle, row, state="held", error="window")
            return
        body = {"recipient": {"user_id": user}, "message": json.loads(self._vault.open(row.sealed, outbox.PURPOSE))}
        sent = await self._post(body, access)
        if sent.code == EXPIRED:
            try:
                sent = await self._post(body, await self._tokens.current(refused=access))
            except TokenUnavailable:
                sent = Sent(None)
        await asyncio.to_thread(self._conclude, row, sent)

    def _addressee(self, row: OutboxRow) -> tuple[str, bool]:
        """The Zalo id of whom a message is for, and whether the window is open for one more."""
        at = self._clock()
        with self._db.read() as session:
            conversation = session.get_one(ConversationRow, row.conversation_id)
            external = str(conversation.external)
            heard = outbox.last_heard(session, CHANNEL, external)
            free = heard is not None and heard > at - WINDOW
            free = free and heard is not None and outbox.sent_since(session, CHANNEL, external, heard) < FREE_REPLIES
            return self._vault.open(conversation.external_sealed or b"", USER), free

    async def _post(self, body: dict[str, Any], access: str) -> Sent:
        try:
            response = await self._http.post(self._url, json=body, headers={"access_token": access})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Sent(None)
        except httpx.HTTPError:
            return Sent(None, unknown=True)
        if response.status_code == 401:
            return Sent(EXPIRED)
        if response.status_code != 200:
            return Sent(None)
        try:
            return Sent(int(response.json()["error"]))
        except (ValueError, KeyError, TypeError):
            return Sent(None, unknown=True)

    def _conclude(self, row: OutboxRow, sent: Sent) -> None:
        """Write down how a send ended, and tell an operator what only a person can mend."""
        at = self._clock()
        if sent.code == 0:
            self._settle(row, state="sent", sealed=None, sent_at=at, error=None)
            return
        if sent.code is None or sent.code == EXPIRED:
            uncertain = row.uncertain + sent.unknown
            self._settle(row, state="waiting", due_at=at + self._wait(row), error="unreachable", uncertain=uncertain)
            return
        refused = refusal(sent.code)
        given_up = refused.course == "park" or (refused.course == "retry" and row.attempts >= MAX_REFUSALS)
        if refused.alert or given_up:
            alert(self._db, sent.code, refused.alert or "Zalo keeps refusing a message", at)
        state = "parked" if given_up else "held" if refused.course == "hold" else "waiting"
        wait = ACCOUNT_WAIT if refused.course == "wait" else self._wait(row)
        self._settle(row, state=state, due_at=at + wait, error=str(sent.code))

    def _wait(self, row: OutboxRow) -> timedelta:
        """Twice as long after each attempt, and a little by chance so that replicas do not fall into step."""
        seconds = self._pace * 2 ** min(row.attempts - 1, 16) * random.uniform(0.75, 1.25)  # noqa: S311
        return min(timedelta(seconds=seconds), LONGEST_WAIT)

    def _settle(self, row: OutboxRow, **values: Any) -> None:
        """Write down how a send ended, again until it is written or the lease is over and another has the row."""
        while True:
            try:
                with self._db.write() as session:
                    if not outbox.settle(session, row, **values):
                        log.warning("a message was sent by two", outbox=row.id)
                return
            except OperationalError:
                if self._clock() > row.due_at:
                    raise
