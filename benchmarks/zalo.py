"""2,000 Zalo events, duplicated and reordered, to two replicas that die now and then while 10 % of sends fail.

The fake Zalo and both replicas run in one process on one SQLite store, the conversation without Rasa. A replica dies by
having its sender cancelled at any step, and a new one takes over; what it held is sent again when its lease runs out.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from store import migrate, outbox
from store.crypto import Vault
from store.engine import Database
from store.outbox import OutboxRow
from tests.channels.zalo_desk import Replica, listening
from tests.fakes.zalo_server import ZaloServer

EVENTS, USERS, SECONDS = 2000, 400, 1200
DEATH_EVERY = 5.0


def run() -> dict[str, Any]:
    """Counts, and seconds until the last message was answered."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measured(Path(folder)))


async def _measured(folder: Path) -> dict[str, Any]:
    outbox.LEASE = timedelta(seconds=5)
    database, vault = Database(f"sqlite:///{folder / 'motcua.db'}"), Vault("a secret for measurements, long enough")
    migrate.upgrade(database)
    zalo, chance = ZaloServer(failures=0.1, access_uses=200), random.Random(11)
    asked = {(f"u{n % USERS}", f"câu {n}") for n in range(EVENTS)}
    async with listening(zalo.app()) as address:
        replicas = [Replica(database, vault, folder, address, name=name) for name in ("one", "two")]
        started = time.perf_counter()
        died: list[str] = []
        deaths = asyncio.create_task(_die_now_and_then(replicas, chance, died))
        slowest = await _deliver(zalo, replicas, sorted(asked), chance)
        await _all_sent(database)
        seconds = time.perf_counter() - started
        deaths.cancel()
        await asyncio.gather(deaths, return_exceptions=True)
        for replica in replicas:
            await replica.close()
    return _figures(zalo, database, asked) | {
        "senders killed": len(died),
        "slowest webhook answer, ms": round(slowest * 1000),
        "all answered after, s": round(seconds, 1),
    }


async def _die_now_and_then(replicas: list[Replica], chance: random.Random, died: list[str]) -> None:
    while True:
        await asyncio.sleep(DEATH_EVERY * chance.random() * 2)
        replica = chance.choice(replicas)
        await replica.die()
        replica.sending = asyncio.create_task(replica.sender.run())
        died.append(replica.name)


async def _deliver(
    zalo: ZaloServer, replicas: list[Replica], asked: list[tuple[str, str]], chance: random.Random
) -> float:
    """Deliver each event one to three times in any order; the longest that an answer took, in seconds."""
    events = [zalo.event("user_send_text", user, {"text": text}) for user, text in asked]
    deliveries = [event for event in events for _ in range(chance.randint(1, 3))]
    chance.shuffle(deliveries)
    room = asyncio.Semaphore(8)

    async def post(event: tuple[bytes, dict[str, str]]) -> float:
        async with room:
            started = time.perf_counter()
            assert await chance.choice(replicas).post(*event) == 200
            return time.perf_counter() - started

    return max(await asyncio.gather(*map(post, deliveries)))


async def _all_sent(database: Database) -> None:
    async with asyncio.timeout(SECONDS):
        while _sent(database) < EVENTS:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


def _sent(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(OutboxRow.id)).filter_by(state="sent")) or 0


def _figures(zalo: ZaloServer, database: Database, asked: set[tuple[str, str]]) -> dict[str, Any]:
    answered = Counter((user, message["text"].removeprefix("Trả lời: ")) for user, message in zalo.taken)
    with database.read() as session:
        uncertain = session.scalar(select(func.sum(OutboxRow.uncertain))) or 0
    return {
        "events": len(asked),
        "answered": len(asked & set(answered)),
        "answered twice or more": sum(count > 1 for count in answered.values()),
        "sends whose outcome nobody knew": uncertain,
        "answers to nothing asked": len(set(answered) - asked),
        "sends refused at random": zalo.refused[500] + zalo.refused[-32],
        "refresh tokens used": len(zalo.used),
        "refresh tokens lost": zalo.refused[-14020],
    }
