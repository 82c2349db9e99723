"""One replica under visitors of all channels for an hour: memory and latency must stay what they are.

`MINUTES=n` sets the length (60), `RATE=n` the messages a second that are due (15).
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from benchmarks._visitors import Target, Visitors
from benchmarks.fuzz import megabytes
from benchmarks.load import replicas, stage
from tests.channels.zalo_desk import listening
from tests.fakes.zalo_server import ZaloServer
from tests.running import Running

PARTS = 6


def run() -> dict[str, Any]:
    """Figures and megabytes of each sixth of the time, and the growth from the second to the last."""
    minutes, rate = float(os.environ.get("MINUTES", "60")), float(os.environ.get("RATE", "15"))
    with replicas(1) as running:
        parts = asyncio.run(_soaked(running[0], rate, minutes * 60 / PARTS))
    growth = {name: f"{(parts[-1]['MB'][name] / parts[1]['MB'][name] - 1) * 100:.1f} %" for name in parts[0]["MB"]}
    return {"minutes": minutes, "growth of memory": growth} | {f"part {n}": part for n, part in enumerate(parts, 1)}


async def _soaked(running: Running, rate: float, seconds: float) -> list[dict[str, Any]]:
    zalo, parts = ZaloServer(), []
    async with listening(zalo.app(), running.zalo_port):
        visitors = Visitors([Target(running.base, running.var)], zalo)
        for _ in range(PARTS):
            figures = await stage(visitors, rate, seconds)
            parts.append(figures | {"MB": megabytes(running)})
            print(parts[-1], flush=True)
        await visitors.close()
    return parts
