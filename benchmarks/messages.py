"""Latency and throughput of whole messages, beside plain Rasa with the same intents on the same machine in one run.

The baselines are described in `plain_rasa`: none of them masks, retrieves or keeps an answer.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.citizens import conversations, percentile
from benchmarks.plain_rasa import PlainRasa
from tests.running import Running

SEQUENTIAL = 300
CLIENTS = 8
LOAD_SECONDS = 20.0
BASELINES = (
    ("plain rasa, logistic regression", "lr", True),
    ("plain rasa, DIET", "diet", True),
    ("plain rasa, logistic regression, a fixed response for every intent", "lr", False),
)
Say = Callable[[str], object]


def run() -> dict[str, Any]:
    """Milliseconds a message one after another, and messages a second with eight clients."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        motcua = Running(Path(folder))
        motcua.prepare()
        motcua.start()
        figures["motcua"] = _measure(lambda: motcua.chat().say)
        motcua.stop()
    for name, classifier, dialogue in BASELINES:
        with tempfile.TemporaryDirectory() as folder, PlainRasa(Path(folder), classifier, dialogue=dialogue) as plain:
            figures[name] = _measure(plain.conversation)
    return figures


def _measure(opened: Callable[[], Say]) -> dict[str, Any]:
    list(islice(timed(opened, 1), 40))
    spent = sorted(islice(timed(opened, 2), SEQUENTIAL))
    answered, slow = _load(opened)
    return {
        "p50 ms": round(percentile(spent, 0.5), 1),
        "p95 ms": round(percentile(spent, 0.95), 1),
        f"messages/s, {CLIENTS} clients": round(answered / LOAD_SECONDS, 1),
        "p95 ms under load": round(slow, 1),
    }


def timed(opened: Callable[[], Say], seed: int) -> Iterator[float]:
    """Milliseconds of one message after another, for ever. opened: starts a conversation; seed: chooses them."""
    for conversation in conversations(seed):
        say = opened()
        for text in conversation:
            started = time.perf_counter()
            say(text)
            yield (time.perf_counter() - started) * 1000


def _load(opened: Callable[[], Say]) -> tuple[int, float]:
    until = time.monotonic() + LOAD_SECONDS
    spent: list[float] = []

    def client(seed: int) -> None:
        for duration in timed(opened, seed):
            if time.monotonic() > until:
                return
            spent.append(duration)

    threads = [threading.Thread(target=client, args=(100 + number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(spent), percentile(spent, 0.95)
