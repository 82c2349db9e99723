"""One and two replicas on one PostgreSQL and Redis under visitors of all channels: steady, too many, and afterwards.

`SECONDS=n` sets the length of each stage (60), `RATES=a,b,…` the messages a second that are due (10,20,30,40).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks._visitors import Seen, Target, Visitors
from benchmarks.fuzz import megabytes
from tests.channels.zalo_desk import listening
from tests.fakes.zalo_server import ZaloServer
from tests.running import Running, free_port
from tests.servers import Postgres, Redis

OVERLOAD = 4


def run() -> dict[str, Any]:
    """Figures of every stage, by number of replicas."""
    seconds = float(os.environ.get("SECONDS", "60"))
    rates = [float(rate) for rate in os.environ.get("RATES", "10,20,30,40").split(",")]
    return {f"replicas: {count}": _measured(count, rates, seconds) for count in (1, 2)}


def _measured(count: int, rates: list[float], seconds: float) -> dict[str, Any]:
    with replicas(count) as running:
        return asyncio.run(_stages(running, rates, seconds))


@contextmanager
def replicas(count: int) -> Iterator[list[Running]]:
    """So many running replicas on servers of their own, without limits per address; all take Zalo to be at one port."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        postgres, redis = ending.enter_context(Postgres()), ending.enter_context(Redis())
        port = free_port()
        zalo = f"http://127.0.0.1:{port}"
        shared = {
            "DATABASE_URL": postgres.create("load"), "REDIS_URL": redis.url,
            "SECRET_KEY": "a key of the measurements that all share",
            "ZALO_API_BASE": zalo, "ZALO_OAUTH_BASE": zalo,
        }  # fmt: skip
        running = [Running(folder / str(number), shared) for number in range(count)]
        for number, one in enumerate(running):
            one.zalo_port = port
            one.var.mkdir()
            ending.callback(one.stop)
            if number == 0:
                one.prepare()
            one.start()
        yield running


async def _stages(running: list[Running], rates: list[float], seconds: float) -> dict[str, Any]:
    zalo = ZaloServer()
    figures: dict[str, Any] = {}
    async with listening(zalo.app(), running[0].zalo_port):
        visitors = Visitors([Target(one.base, one.var) for one in running], zalo)
        await stage(visitors, 5.0, 10.0)
        for rate in rates:
            steady = await stage(visitors, rate, seconds)
            figures[f"{rate:g} messages/s due"] = steady | {"MB": [megabytes(one) for one in running]}
        figures[f"overload, {OVERLOAD * rates[-1]:g} due"] = await stage(visitors, OVERLOAD * rates[-1], seconds / 2)
        figures[f"afterwards, {rates[0]:g} due"] = await stage(visitors, rates[0], seconds)
        await visitors.close()
    return figures | {"MB at the end": [megabytes(one) for one in running]}


async def stage(visitors: Visitors, rate: float, seconds: float) -> dict[str, Any]:
    """Visitors at one rate for a while, until the last has gone."""
    seen, started = Seen(), time.perf_counter()
    await visitors.come(rate, seconds, seen)
    return seen.figures(time.perf_counter() - started)
