"""Server time of the pages of those who help, count and administer, with 100,000 conversations in the store.

Besides the time by the clock, each page has the processor time it took, which does not grow when the machine is busy.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from benchmarks._generated import CONVERSATIONS, ENTRIES, SEED, fill_conversations, fill_entries
from bot.feed import Feed
from bot.limits import RateLimiter
from console.accounts import add_user, open_session
from console.pages import COOKIE, LIVE, Console
from console.router import console_router
from knowledge.live import LiveKnowledge
from knowledge.province import commune_names, load_profile
from knowledge.publish import LiveSnapshot, Press, publish
from knowledge.seeding import load_seed, sync
from settings import get_settings
from store import counting, migrate
from store.base import new_id, now
from store.calls import CallRow, CallTurnRow
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow
from store.tickets import RatingRow, TicketRow

ROUNDS = 40
AUDIT = 60_000
OPEN_TICKETS = 60
BASE = "http://127.0.0.1"
QUESTIONS = ["Đăng ký khai sinh cần giấy tờ gì", "lệ phí kết hôn bao nhiêu", "ở phường Mẫu Một thì nộp ở đâu"]
_KINDS = ("hand_over", "hand_over", "callback", "complaint", "voicemail")
_STEPS = (("main", "dossier", "code"), ("main", "procedures", "answer"), ("main", "queued"), ("main",))
_ENDS = ("none", "answered", "person", "no_input")


def run() -> dict[str, Any]:
    """Milliseconds of each page, median and p95, on SQLite; and how long the figures take to be counted ahead."""
    with tempfile.TemporaryDirectory() as folder:
        return measured(Path(folder))


def measured(folder: Path) -> dict[str, Any]:
    """The figures of a store generated in `folder`."""
    database = Database(f"sqlite:///{folder / 'motcua.db'}")
    migrate.upgrade(database)
    with database.write() as session:
        sync(session, load_seed())
    console = _console(database, folder)
    fill_entries(database)
    fill_conversations(database, QUESTIONS)
    _fill(database)
    communes = commune_names(console.profile)
    days, first = _timed(lambda: counting.recount(database, now(), communes))
    _, again = _timed(lambda: counting.recount(database, now(), communes))
    pages = _pages(console)
    database.close()
    return {
        "conversations": CONVERSATIONS, "entries": ENTRIES, "audit records": AUDIT,
        f"counting {days} days for the first time, s": round(first, 1),
        "counting today again, every minute, s": round(again, 3),
        "slowest page, p95, ms": max(page["p95, ms"] for page in pages.values()),
        "pages": pages,
    }  # fmt: skip


def _fill(database: Database) -> None:
    """Tickets of every eighth conversation, judgements, calls with their steps, and what staff did."""
    chance = random.Random(SEED)
    with database.read() as session:
        rows = session.execute(select(ConversationRow.id, ConversationRow.channel, ConversationRow.created_at)).all()
    tickets = [_ticket(chance, *row) for row in rows[::8]]
    for ticket in tickets[:OPEN_TICKETS]:
        ticket |= {"state": "open", "taken_at": None, "closed_at": None, "agent": None}
    ratings = [_rating(chance, row.id, row.created_at) for row in rows[::6]]
    calls = [_call(chance, *row) for row in rows if row.channel == "phone"]
    actions = ("read a conversation", "took a ticket", "wrote to a citizen", "signed in")
    audit = [
        {
            "user": f"canbo{chance.randrange(30)}", "action": chance.choice(actions), "details": {},
            "target": chance.choice(tickets)["number"], "at": now() - timedelta(minutes=AUDIT - number),
        }
        for number in range(AUDIT)
    ]  # fmt: skip
    with database.write() as session:
        for table, made in ((TicketRow, tickets), (RatingRow, ratings), (CallRow, calls), (AuditRow, audit)):
            session.execute(insert(table), made)
        session.execute(insert(CallTurnRow), [turn for call in calls for turn in _call_turns(chance, call)])


def _ticket(chance: random.Random, conversation: str, channel: str, at: datetime) -> dict[str, Any]:
    taken = at + timedelta(minutes=chance.randrange(1, 60))
    return {
        "id": new_id(), "number": f"CB-26-{conversation}", "kind": chance.choice(_KINDS), "state": "closed",
        "conversation_id": conversation, "channel": channel, "created_at": at, "taken_at": taken,
        "closed_at": taken + timedelta(minutes=9), "promised_until": at + timedelta(minutes=30), "agent": "ha",
        "text": "Tôi muốn gặp cán bộ về giấy khai sinh của con", "details": {},
    }  # fmt: skip


def _rating(chance: random.Random, conversation: str, at: datetime) -> dict[str, Any]:
    helpful = chance.choice((True, False, None))
    score = chance.randrange(1, 6) if helpful is None else None
    turn = f"{conversation}-2" if helpful is not None else None
    return {"conversation_id": conversation, "turn_id": turn, "helpful": helpful, "score": score, "at": at}


def _call(chance: random.Random, conversation: str, channel: str, at: datetime) -> dict[str, Any]:
    which = chance.randrange(len(_STEPS))
    return {
        "id": f"CA{conversation}", "conversation_id": conversation, "caller": f"caller{chance.randrange(9000)}",
        "started_at": at, "ended_at": at, "status": "completed", "outcome": _ENDS[which], "left_at": _STEPS[which][-1],
        "consent": {}, "turn": 0,
    }  # fmt: skip


def _call_turns(chance: random.Random, call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    steps = next(steps for steps in _STEPS if steps[-1] == call["left_at"])
    for number, (state, then) in enumerate(zip((steps[0], *steps), steps, strict=False)):
        yield {
            "call_id": call["id"], "number": number, "at": call["started_at"], "heard": "keys", "keys": 1, "text": "",
            "state": state, "then": then, "milliseconds": 9.0,
        }  # fmt: skip


def _console(database: Database, folder: Path) -> Console:
    press = Press.of(database, folder, get_settings().encoder_path)
    publish(press, "benchmark", gate=False)
    profile = load_profile("tinh-mau")
    knowledge = LiveKnowledge(LiveSnapshot(press), profile)
    knowledge.load()
    vault = Vault("a secret of the benchmark that is long enough")
    return Console(database, vault, Feed(None), RateLimiter(None, enabled=False), knowledge, press, profile, BASE)


def _pages(console: Console) -> dict[str, dict[str, float]]:
    app = FastAPI()
    app.include_router(console_router(console))
    with console.database.write() as session:
        user = add_user(session, "do.luong", "Đo lường", "admin", "Mua xuân đến sớm 2026")
        cookie = open_session(session, user)
        open_ = session.scalars(select(TicketRow).filter_by(state="open")).all()
    channels = ("", "web", "zalo", "phone")
    every: dict[str, Callable[[int], str]] = {
        "desk": lambda n: "/console",
        "desk, closed": lambda n: "/console?state=closed",
        "a ticket with suggestions": lambda n: f"/console/tickets/{open_[n % len(open_)].id}",
        "canned replies": lambda n: "/console/replies",
        "figures, 30 days": lambda n: f"/console/numbers?days=30&channel={channels[n % 4]}",
        "figures, 90 days": lambda n: f"/console/numbers?days=90&channel={channels[n % 4]}",
        "figures, CSV": lambda n: f"/console/numbers.csv?days=30&channel={channels[n % 4]}",
        "figures, Excel": lambda n: f"/console/numbers.xlsx?days=30&channel={channels[n % 4]}",
        "monthly report": lambda n: "/console/report",
        "open data": lambda n: "/open-data",
        "users": lambda n: "/console/users",
        "audit": lambda n: "/console/audit",
        "audit of one person": lambda n: f"/console/audit?user=canbo{n % 30}",
        "audit of one ticket": lambda n: f"/console/audit?target={open_[n % len(open_)].number}",
        "notices": lambda n: "/console/notices",
        "profile": lambda n: "/console/profile",
        "retention": lambda n: "/console/retention",
        "data subjects": lambda n: "/console/subjects",
        "account": lambda n: "/console/account",
    }
    with TestClient(app, base_url=BASE, cookies={COOKIE: cookie}, headers={LIVE: "1"}) as http:
        return {name: _times(http, [address(n) for n in range(ROUNDS)]) for name, address in every.items()}


def _times(http: TestClient, addresses: list[str]) -> dict[str, float]:
    http.get("/console/account").raise_for_status()
    times, spent = [], []
    for address in addresses:
        before = time.process_time()
        response, seconds = _timed(lambda address=address: http.get(address))
        response.raise_for_status()
        times.append(seconds * 1000)
        spent.append((time.process_time() - before) * 1000)
    return {
        "median, ms": round(statistics.median(times), 1), "p95, ms": _p95(times), "processor p95, ms": _p95(spent),
    }  # fmt: skip


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.95)], 1)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began
