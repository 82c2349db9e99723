"""Citizens write without pause while processes are killed at random: what was acknowledged, what became of it."""

from __future__ import annotations

import asyncio
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import psutil
import uvicorn
from sqlalchemy import func, select

from store.conversations import InboxRow, TurnRow
from store.engine import Database
from tests.fakes.zalo_server import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, ZaloServer
from tests.running import Running, free_port
from tests.servers import Postgres, Redis

QUESTIONS = (
    "Đăng ký khai sinh cần giấy tờ gì?",
    "thế lệ phí bao nhiêu?",
    "Đăng ký kết hôn mất bao lâu?",
    "cấp lại căn cước làm ở đâu",
    "cảm ơn",
)
VICTIMS = ("gateway", "rasa", "postgres", "redis")
_PROGRAM = {"gateway": "app", "rasa": "bot.components.launch"}
PATIENCE = 120.0


@dataclass
class Outcome:
    """kills: by victim. recovery: seconds from each kill until a new message was answered by all parts.

    acknowledged: chat messages whose reply arrived. lost: of them, those without exactly one stored answer, or with
    another answer than the citizen saw. doubled: chat messages answered twice. left: accepted messages never answered.
    zalo: events acknowledged; zalo_lost: never answered; zalo_doubled: answered more than once; uncertain: sends whose
    outcome nobody knew.
    """

    kills: dict[str, int] = field(default_factory=dict)
    recovery: list[float] = field(default_factory=list)
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    left: int = 0
    zalo: int = 0
    zalo_lost: int = 0
    zalo_doubled: int = 0
    uncertain: int = 0


class Ordeal:
    """One replica on servers of its own, with `citizens` chatting and one more writing on Zalo."""

    def __init__(self, folder: Path, postgres: Postgres, redis: Redis, citizens: int = 3, pause: float = 0.4) -> None:
        self._postgres, self._redis, self._citizens, self._pause = postgres, redis, citizens, pause
        self._zalo, self._zalo_port = ZaloServer(), free_port()
        zalo = f"http://127.0.0.1:{self._zalo_port}"
        self.url = postgres.create("ordeal")
        settings = {
            "DATABASE_URL": self.url, "REDIS_URL": redis.url, "ZALO_APP_ID": APP_ID, "ZALO_APP_SECRET": APP_SECRET,
            "ZALO_OA_SECRET": OA_SECRET, "ZALO_REFRESH_TOKEN": FIRST_REFRESH, "ZALO_API_BASE": zalo,
            "ZALO_OAUTH_BASE": zalo, "SECRET_KEY": "a key of the ordeal, the same after each kill",
        }  # fmt: skip
        self.running = Running(folder, settings)
        self._seen: dict[str, str] = {}
        self._mismatched: set[str] = set()
        self._zalo_sent: dict[str, int] = {}
        self._over = threading.Event()

    def run(self, kills: int, seed: int = 5, told: Callable[[str], None] = lambda line: None) -> Outcome:
        """Kill so many times, each time after the last recovery; then let everything settle and count."""
        outcome, chance = Outcome(), random.Random(seed)
        order = [victim for _ in range(kills // len(VICTIMS) + 1) for victim in chance.sample(VICTIMS, len(VICTIMS))]
        self.running.prepare()
        with _serving(self._zalo, self._zalo_port), self._running():
            writers = [threading.Thread(target=self._write, args=(n,)) for n in range(self._citizens)]
            writers.append(threading.Thread(target=self._write_on_zalo))
            for writer in writers:
                writer.start()
            for number, victim in enumerate(order[:kills], start=1):
                time.sleep(chance.uniform(0.2, 0.9))
                seconds = self._kill_and_recover(victim)
                outcome.kills[victim] = outcome.kills.get(victim, 0) + 1
                outcome.recovery.append(seconds)
                told(f"{number}/{kills} {victim} {seconds:.1f} s")
            self._over.set()
            for writer in writers:
                writer.join(PATIENCE * 2)
            self._settle()
            self._count(outcome)
        return outcome

    @contextmanager
    def _running(self) -> Iterator[None]:
        self.running.start()
        try:
            yield
        finally:
            self._over.set()
            self.running.stop()

    def _kill_and_recover(self, victim: str) -> float:
        started = time.monotonic()
        if victim in _PROGRAM:
            self._kill_process(_PROGRAM[victim])
        else:
            server = self._postgres if victim == "postgres" else self._redis
            server.kill()
            time.sleep(0.5)
            server.start()
        self._wait_for_answer()
        return time.monotonic() - started

    def _kill_process(self, program: str) -> None:
        assert self.running.process is not None
        for child in psutil.Process(self.running.process.pid).children(recursive=True):
            if program in child.cmdline():
                child.send_signal(signal.SIGKILL)

    def _wait_for_answer(self) -> None:
        """Until everything is there again and a new citizen gets an answer from it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                parts = self._http.get("/readyz").json()
                if (parts["store"], parts["dialogue"], parts["redis"]) == ("ok", "ok", "ok"):
                    reply = self._http.post("/api/chat/messages", json={"text": QUESTIONS[0]}).json()
                    if reply.get("status") == "answered":
                        return
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            time.sleep(0.1)
        raise AssertionError("no recovery")

    @property
    def _http(self) -> httpx.Client:
        return self.running.http

    def _write(self, number: int) -> None:
        """One citizen after the other, each with a few messages; whatever fails is sent again under the same id."""
        conversation = 0
        while not self._over.is_set():
            token = self._insist(self._open_chat)
            for turn, text in enumerate(QUESTIONS):
                id_ = f"{number}-{conversation}-{turn}"
                answer = self._insist(partial(self._say, token, id_, text))
                if self._seen.setdefault(id_, answer) != answer:
                    self._mismatched.add(id_)
                self._over.wait(self._pause)
            conversation += 1

    def _open_chat(self) -> str:
        return str(self._http.post("/api/chat", json={}).json()["token"])

    def _say(self, token: str, id_: str, text: str) -> str:
        body = {"text": text, "client_message_id": id_}
        reply = self._http.post("/api/chat/messages", json=body, headers={"Authorization": f"Bearer {token}"})
        said = reply.json()
        if reply.status_code != 200 or said["status"] == "unavailable":
            raise ValueError(reply.status_code)
        return str(said["turn_id"])

    def _insist(self, attempt: Callable[[], str]) -> str:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return attempt()
            except (httpx.HTTPError, ValueError, KeyError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _write_on_zalo(self) -> None:
        number = 0
        while not self._over.is_set():
            user = f"u{number}"
            body, headers = self._zalo.event("user_send_text", user, {"text": QUESTIONS[number % len(QUESTIONS)]})
            self._insist(partial(self._deliver, body, headers))
            self._zalo_sent[user] = 1
            number += 1
            self._over.wait(self._pause * 2)

    def _deliver(self, body: bytes, headers: dict[str, str]) -> str:
        answer = self._http.post("/channels/zalo/webhook", content=body, headers=headers)
        if answer.status_code != 200:
            raise ValueError(answer.status_code)
        return answer.text

    def _settle(self) -> None:
        """Wait until nothing is open, at most as long as the longest lease and a little more."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answered = {user for user, _ in self._zalo.taken}
            if self._open() == 0 and set(self._zalo_sent) <= answered:
                return
            time.sleep(0.5)

    def _open(self) -> int:
        database = Database(self.url)
        with database.read() as session:
            left = session.scalar(select(func.count(InboxRow.id)).where(InboxRow.state != "done")) or 0
        database.close()
        return left

    def _count(self, outcome: Outcome) -> None:
        database = Database(self.url)
        with database.read() as session:
            asked = select(TurnRow.message_id, func.count()).where(TurnRow.message_id.is_not(None))
            by_message = asked.group_by(TurnRow.conversation_id, TurnRow.message_id)
            stored = {id_: int(count) for id_, count in session.execute(by_message)}
            told = {str(id_): turn for id_, turn in session.execute(select(InboxRow.message_id, InboxRow.turn_id))}
        database.close()
        outcome.acknowledged = len(self._seen)
        wrong = {id_ for id_, turn in self._seen.items() if stored.get(id_) is None or told.get(id_) != turn}
        outcome.lost = len(wrong | self._mismatched)
        outcome.doubled = sum(count > 1 for count in stored.values())
        outcome.left = self._open()
        outcome.zalo = len(self._zalo_sent)
        times: dict[str, int] = {}
        for user, _ in self._zalo.taken:
            times[user] = times.get(user, 0) + 1
        outcome.zalo_lost = sum(user not in times for user in self._zalo_sent)
        outcome.zalo_doubled = sum(count > 1 for count in times.values())
        outcome.uncertain = self._zalo.unheard


@contextmanager
def _serving(zalo: ZaloServer, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(zalo.app(), port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    yield
    server.should_exit = True
    thread.join(10)
