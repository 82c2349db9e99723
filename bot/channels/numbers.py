"""Sends what the outbox holds for telephone numbers: codes and news of dossiers, by short message or by ZNS.

A send that was refused, that never reached the other side, or whose outcome nobody knows is tried again after a pause
that grows. A message goes out twice only when we died, or lost the line, after the other side had taken it;
`OutboxRow.uncertain` counts that. What cannot be sent is parked with its content, for the console to try again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx
import structlog

from store import outbox
from store.base import now
from store.crypto import Vault
from store.engine import Database
from store.outbox import OutboxRow

log = structlog.get_logger()
Outcome = Literal["sent", "again", "never", "unknown"]
Post = Callable[[dict[str, str], str], Awaitable[tuple[Outcome, str]]]
MAX_ATTEMPTS = 24
# Messages cost money and disturb: one that may have arrived so often is left to a person.
MAX_UNCERTAIN = 3
LONGEST_WAIT = timedelta(minutes=15)


class NumberSender:
    """Sends one channel of the outbox.

    http: what `post` sends by. post: sends ``{"to", "code"?}`` under a name that is unique per message; the outcome,
    and the refusal in the other side's own words. pace: seconds of the first wait after a refusal, and between looks.
    """

    def __init__(
        self, database: Database, vault: Vault, channel: Literal["sms", "zns"], http: httpx.AsyncClient, post: Post,
        pace: float = 5.0, clock: Callable[[], datetime] = now,
    ) -> None:  # fmt: skip
        self._db, self._vault, self._channel, self._http, self._post = database, vault, channel, http, post
        self._pace, self._clock = pace, clock

    async def run(self) -> None:
        """Send for ever."""
        while True:
            try:
                busy = await self.step()
            except Exception:
                log.exception("sending failed", channel=self._channel)
                busy = 0
            if not busy:
                await asyncio.sleep(self._pace)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def step(self) -> int:
        """Send what is due now; how many messages were tried."""
        if not await asyncio.to_thread(self._due):
            return 0
        rows = await asyncio.to_thread(self._claim)
        await asyncio.gather(*(self._send(row) for row in rows))
        return len(rows)

    def _due(self) -> bool:
        with self._db.read() as session:
            return outbox.due(session, self._channel, self._clock())

    def _claim(self) -> list[OutboxRow]:
        with self._db.write() as session:
            return outbox.claim(session, self._channel, self._clock())

    async def _send(self, row: OutboxRow) -> None:
        if row.sealed is None:
            await asyncio.to_thread(self._settle, row, "never", "content gone")
            return
        what = json.loads(self._vault.open(row.sealed, outbox.PURPOSE))
        await asyncio.to_thread(self._settle, row, *await self._post(what, row.turn_id))

    def _settle(self, row: OutboxRow, outcome: Outcome, error: str) -> None:
        at = self._clock()
        uncertain = row.uncertain + (outcome == "unknown")
        given_up = outcome == "never" or row.attempts >= MAX_ATTEMPTS
        given_up = given_up or (outcome == "unknown" and uncertain >= MAX_UNCERTAIN)
        values: dict[str, Any] = {"state": "parked", "error": error[:64], "uncertain": uncertain}
        if outcome == "sent":
            values = {"state": "sent", "sealed": None, "sent_at": at, "error": None}
        elif not given_up:
            wait = min(timedelta(seconds=self._pace * 4 ** min(row.attempts, 8)), LONGEST_WAIT)
            values |= {"state": "waiting", "due_at": at + wait}
        else:
            log.error("a reminder was not sent", channel=self._channel, outbox=row.id, outcome=outcome, error=error)
        with self._db.write() as session:
            outbox.settle(session, row, **values)


async def posted(request: Awaitable[httpx.Response]) -> httpx.Response | tuple[Outcome, str]:
    """The answer to a request, or what its failure means."""
    try:
        response = await request
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        return "again", "unreachable"
    except httpx.HTTPError as error:
        return "unknown", type(error).__name__
    return ("again", str(response.status_code)) if response.status_code in (429, 503) else response
