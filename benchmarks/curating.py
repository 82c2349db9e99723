"""Server time of the pages on which staff curate, with 5,000 entries and 100,000 conversations in the store."""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks._generated import CONVERSATIONS, ENTRIES, fill_conversations, fill_entries
from bot.feed import Feed
from bot.limits import RateLimiter
from console.accounts import add_user, open_session
from console.pages import COOKIE, Console
from console.router import console_router
from console.unanswered import gather
from knowledge.live import LiveKnowledge
from knowledge.province import load_profile
from knowledge.publish import LiveSnapshot, Press, publish
from settings import get_settings
from store import migrate
from store.crypto import Vault
from store.engine import Database

ROUNDS = 30
QUESTIONS = Path(__file__).parents[1] / "tests" / "questions"
BASE = "http://127.0.0.1"


def run() -> dict[str, Any]:
    """Milliseconds of each page: median and p95 of several rounds; all run on SQLite and one thread."""
    with tempfile.TemporaryDirectory() as folder:
        return measured(Path(folder))


def measured(folder: Path) -> dict[str, Any]:
    """The figures of a store generated in `folder`."""
    database = Database(f"sqlite:///{folder / 'motcua.db'}")
    migrate.upgrade(database)
    drafted = fill_entries(database)
    fill_conversations(database, _questions())
    press = Press.of(database, folder, get_settings().encoder_path)
    began = time.perf_counter()
    publish(press, "benchmark", gate=False)
    published = time.perf_counter() - began
    console = _console(database, press)
    began = time.perf_counter()
    while gather(database, console.knowledge, press.cache):
        continue
    gathered = time.perf_counter() - began
    began = time.perf_counter()
    gather(database, console.knowledge, press.cache)
    again = time.perf_counter() - began
    pages = _pages(console, drafted)
    database.close()
    worst = max(page["p95, ms"] for page in pages.values())
    return {
        "entries": ENTRIES, "conversations": CONVERSATIONS, "publish all, s": round(published, 1),
        "inbox filled for the first time, s": round(gathered, 1), "inbox looked through again, s": round(again, 2),
        "slowest page, p95, ms": worst, "pages": pages,
    }  # fmt: skip


def _console(database: Database, press: Press) -> Console:
    profile = load_profile("tinh-mau")
    knowledge = LiveKnowledge(LiveSnapshot(press), profile)
    knowledge.load()
    vault = Vault("a secret of the benchmark that is long enough")
    return Console(database, vault, Feed(None), RateLimiter(None), knowledge, press, profile, BASE)


def _pages(console: Console, drafted: list[str]) -> dict[str, dict[str, float]]:
    app = FastAPI()
    app.include_router(console_router(console))
    with console.database.write() as session:
        user = add_user(session, "do.luong", "Đo lường", "admin", "Mua xuân đến sớm 2026")
        cookie = open_session(session, user)
    entries = "/console/entries"
    every = {
        "entries": lambda n: entries,
        "entries, page 40": lambda n: f"{entries}?page=40",
        "entries, filtered": lambda n: f"{entries}?kind=procedure&level=commune&confidence=low&age=180",
        "entries, by authority": lambda n: f"{entries}?authority=Ủy ban nhân dân",
        "entries, searched": lambda n: f"{entries}?q=giấy khai sinh lần {n}",
        "an entry": lambda n: f"{entries}/{drafted[n % len(drafted)]}?number=1",
        "a draft with its checks": lambda n: f"{entries}/{drafted[n % len(drafted)]}",
        "editor": lambda n: f"{entries}/{drafted[n % len(drafted)]}/edit",
        "comparison": lambda n: f"{entries}/{drafted[n % len(drafted)]}/compare?before=1&after=2",
        "new entry": lambda n: f"{entries}/new?kind=procedure",
        "unanswered": lambda n: "/console/unanswered",
        "unanswered, closed": lambda n: "/console/unanswered?state=closed",
        "learning": lambda n: "/console/learning",
        "for review": lambda n: f"{entries}/review",
        "proposed names": lambda n: "/console/names",
        "stuck messages": lambda n: "/console/parked",
    }
    with TestClient(app, base_url=BASE, cookies={COOKIE: cookie}) as http:
        return {name: _times(http, [address(n) for n in range(ROUNDS)]) for name, address in every.items()}


def _times(http: TestClient, addresses: list[str]) -> dict[str, float]:
    http.get(addresses[0]).raise_for_status()
    times = []
    for address in addresses:
        began = time.perf_counter()
        response = http.get(address)
        times.append((time.perf_counter() - began) * 1000)
        response.raise_for_status()
    ranked = sorted(times)
    return {"median, ms": round(statistics.median(times), 1), "p95, ms": round(ranked[int(len(ranked) * 0.95)], 1)}


def _questions() -> list[str]:
    rows: list[str] = []
    for file in sorted(QUESTIONS.glob("*.tsv")):
        with file.open(encoding="utf-8") as lines:
            rows += [row["text"] for row in csv.DictReader(lines, delimiter="\t")]
    return rows
