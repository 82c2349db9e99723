"""Two hundred random SIGKILLs of gateway, Rasa, PostgreSQL and Redis while citizens chat and write on Zalo.

`KILLS=n` makes it fewer.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.citizens import percentile
from tests.load.ordeal import Ordeal
from tests.servers import Postgres, Redis


def run() -> dict[str, Any]:
    """Counts of what was acknowledged, lost and doubled; seconds until everything answered again."""
    kills = int(os.environ.get("KILLS", "200"))
    with tempfile.TemporaryDirectory() as folder, Postgres() as postgres, Redis() as redis:
        outcome = Ordeal(Path(folder), postgres, redis).run(kills, told=lambda line: print(line, flush=True))
    figures = asdict(outcome)
    recovery = sorted(figures.pop("recovery"))
    return figures | {
        "recovery p50, s": round(percentile(recovery, 0.5), 1),
        "recovery p95, s": round(percentile(recovery, 0.95), 1),
        "recovery longest, s": round(recovery[-1], 1),
    }
