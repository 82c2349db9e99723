"""2,000 Zalo events, duplicated and reordered, to two replicas that are killed now and then while 10 % of sends fail.

Each replica is a process with the Zalo channel on one PostgreSQL, the conversation without Rasa; SIGKILL takes it at
any step, and a new process takes over. The fake Zalo posts an event again until it hears 200, as Zalo does. Every
message that a citizen got twice is traced: Zalo had taken it, and its replica was killed before it could write so down.
Events come ten a second, half of what two replicas on two cores answer; the end waits for the leases of the killed.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from store import migrate
from store.conversations import TurnRow
from store.engine import Database
from store.outbox import OutboxRow
from tests.channels.zalo_desk import listening
from tests.fakes.zalo_server import ZaloServer
from tests.running import ROOT, free_port
from tests.servers import Postgres

EVENTS, USERS, SECONDS = 2000, 400, 300
PER_SECOND = 10.0
KILL_EVERY = 12.0
# Between Zalo's acceptance and our commit; more would be another cause than a kill.
COMMIT_SECONDS = 5.0
ANSWER = "Trả lời: "


def run() -> dict[str, Any]:
    """Counts and seconds; at most six minutes."""
    with tempfile.TemporaryDirectory() as folder, Postgres() as server:
        return asyncio.run(_measured(server.create("zalo"), Path(folder)))


@dataclass
class Killable:
    """A replica in a process of its own, on one port for good. killed: when it was, in seconds since the epoch."""

    url: str
    var: Path
    zalo: str
    name: str
    port: int = field(default_factory=free_port)
    killed: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start a process."""
        command = ["-m", "tests.channels.zalo_process", self.url, self.var, self.zalo, self.name, self.port]
        self.process = subprocess.Popen([sys.executable, *map(str, command)], cwd=ROOT)

    async def up(self) -> None:
        """Wait until it takes events."""
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.killed.append(time.time())
        self.process.wait()


async def _measured(url: str, folder: Path) -> dict[str, Any]:
    database = Database(url)
    migrate.upgrade(database)
    zalo, chance = ZaloServer(failures=0.1, access_uses=200), random.Random(11)
    asked = sorted((f"u{n % USERS}", f"câu {n}") for n in range(EVENTS))
    async with listening(zalo.app()) as address:
        replicas = [Killable(url, folder, address, name) for name in ("one", "two")]
        for replica in replicas:
            replica.start()
        await asyncio.gather(*(replica.up() for replica in replicas))
        started = time.perf_counter()
        killing = asyncio.create_task(_kill_now_and_then(replicas, chance))
        answers = await _deliver(zalo, replicas, asked, chance)
        killing.cancel()
        await _all_sent(database)
        seconds = time.perf_counter() - started
        for replica in replicas:
            replica.process.kill()
            replica.process.wait()
    figures = _figures(zalo, database, set(asked), replicas, answers) | {"all answered after, s": round(seconds, 1)}
    database.close()
    return figures


async def _kill_now_and_then(replicas: list[Killable], chance: random.Random) -> None:
    while True:
        await asyncio.sleep(KILL_EVERY * (0.5 + chance.random()))
        replica = chance.choice(replicas)
        replica.kill()
        replica.start()
        await replica.up()


async def _deliver(
    zalo: ZaloServer, replicas: list[Killable], asked: list[tuple[str, str]], chance: random.Random
) -> list[float]:
    """Deliver each event one to three times in any order; how long each 200 took, in seconds."""
    events = [zalo.event("user_send_text", user, {"text": text}) for user, text in asked]
    deliveries = [event for event in events for _ in range(chance.randint(1, 3))]
    chance.shuffle(deliveries)
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http, asyncio.TaskGroup() as tasks:
        posted = []
        for event in deliveries:
            posted.append(tasks.create_task(_post(http, event, replicas, chance)))
            await asyncio.sleep(EVENTS / PER_SECOND / len(deliveries))
    return [task.result() for task in posted]


async def _post(
    http: httpx.AsyncClient, event: tuple[bytes, dict[str, str]], replicas: list[Killable], chance: random.Random
) -> float:
    """Post an event until a replica answers 200; the seconds the answer took."""
    while True:
        port = chance.choice(replicas).port
        started = time.perf_counter()
        try:
            response = await http.post(
                f"http://127.0.0.1:{port}/channels/zalo/webhook", content=event[0], headers=event[1]
            )
        except httpx.TransportError:
            await asyncio.sleep(0.5)
            continue
        if response.status_code == 200:
            return time.perf_counter() - started
        await asyncio.sleep(0.5)


async def _all_sent(database: Database) -> None:
    async with asyncio.timeout(SECONDS):
        while _sent(database) < EVENTS:  # noqa: ASYNC110
            await asyncio.sleep(0.5)


def _sent(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(OutboxRow.id)).filter_by(state="sent")) or 0


def _figures(
    zalo: ZaloServer,
    database: Database,
    asked: set[tuple[str, str]],
    replicas: list[Killable],
    answers: list[float],
) -> dict[str, Any]:
    answered = Counter((user, message["text"].removeprefix(ANSWER)) for user, message in zalo.taken)
    doubled = {one for one, count in answered.items() if count > 1}
    explained = doubled & _explained(zalo, database, replicas)
    cuts = statistics.quantiles(answers, n=100)
    return {
        "events": len(asked),
        "deliveries": len(answers),
        "answered": len(asked & set(answered)),
        "lost": len(asked - set(answered)),
        "answered twice or more": len(doubled),
        "… taken by Zalo, replica killed before commit": len(explained),
        "… without a crash": len(doubled - explained),
        "answers to nothing asked": len(set(answered) - asked),
        "sends refused at random": zalo.refused[500] + zalo.refused[-32],
        "refresh tokens used": len(zalo.used),
        "refresh tokens lost": zalo.refused[-14020],
        "replicas killed": sum(len(replica.killed) for replica in replicas),
        "webhook answers 200 after, ms": {"p50": _ms(cuts[49]), "p95": _ms(cuts[94]), "p99": _ms(cuts[98]),
                                          "slowest": _ms(max(answers))},
    }  # fmt: skip


def _explained(zalo: ZaloServer, database: Database, replicas: list[Killable]) -> set[tuple[str, str]]:
    """What was sent again because a kill came between Zalo's acceptance and our commit: the outbox counts each send
    of unknown outcome, and each acceptance but the last was followed by a kill within `COMMIT_SECONDS`.
    """
    with database.read() as session:
        joined = select(TurnRow.text, OutboxRow.uncertain).join(OutboxRow, OutboxRow.turn_id == TurnRow.id)
        unknown = {text.removeprefix(ANSWER): number for text, number in session.execute(joined)}
    kills = [at for replica in replicas for at in replica.killed]
    taken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (user, message), at in zip(zalo.taken, zalo.taken_at, strict=True):
        taken[user, message["text"].removeprefix(ANSWER)].append(at)
    return {
        one
        for one, times in taken.items()
        if unknown.get(one[1], 0) >= len(times) - 1
        and all(any(0 <= kill - at <= COMMIT_SECONDS for kill in kills) for at in times[:-1])
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
