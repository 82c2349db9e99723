"""Hostile requests against one replica on PostgreSQL: errors of ours, hangs, memory. `REQUESTS=n` makes it fewer."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.deploy.conftest import ZALO
from tests.load.fuzz import Fuzzer, Tally
from tests.running import Running
from tests.servers import Postgres, Redis

REQUESTS = 200_000
KEY = "a key of the fuzzed gateway, long enough"


def run() -> dict[str, Any]:
    """Counts by status, what broke, and megabytes of each process at a tenth of the way and at the end."""
    wanted = int(os.environ.get("REQUESTS", str(REQUESTS)))
    with tempfile.TemporaryDirectory() as folder, Postgres() as postgres, Redis() as redis:
        settings = {"DATABASE_URL": postgres.create("fuzz"), "REDIS_URL": redis.url, "SECRET_KEY": KEY, **ZALO}
        running = Running(Path(folder), settings)
        running.prepare()
        running.start()
        fuzzer, started = Fuzzer(running), time.monotonic()
        fuzzer.run(wanted // 10)
        early = megabytes(running)
        tally = fuzzer.run(wanted, _tell)
        seconds, late = time.monotonic() - started, megabytes(running)
        fuzzer.close()
        running.stop()
    return {
        "requests": tally.requests,
        "minutes": round(seconds / 60, 1),
        "statuses": {str(status): count for status, count in sorted(tally.statuses.items())},
        "class 500 but for a polite 503, hangs, cut connections": len(tally.broken),
        "broken": tally.broken[:20],
        "slowest, s": round(tally.slowest, 2),
        "MB after a tenth": early,
        "MB at the end": late,
    }


def megabytes(running: Running) -> dict[str, int]:
    """What gateway and Rasa hold."""
    assert running.process is not None
    children = psutil.Process(running.process.pid).children(recursive=True)
    names = {"app": "gateway", "bot.components.launch": "rasa"}
    return {
        names[part]: round(child.memory_info().rss / 1e6)
        for child in children
        for part in child.cmdline()
        if part in names
    }


def _tell(tally: Tally) -> None:
    print(tally.requests, dict(tally.statuses), len(tally.broken), tally.broken[-1:], flush=True)
