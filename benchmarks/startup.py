"""How long a second start takes from `make serve` to the first answer, and until Rasa decides again."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from tests.running import READY_SECONDS, ROOT, Running

STARTS = 5
POLL_SECONDS = 0.05
STOP_SECONDS = 60
QUESTION = "làm giấy khai sinh cho con cần gì"


def run() -> dict[str, Any]:
    """Seconds since the command was given, over several starts."""
    with tempfile.TemporaryDirectory() as folder:
        motcua = Running(Path(folder))
        motcua.prepare()
        _start(motcua)
        answers, dialogues = zip(*(_start(motcua) for _ in range(STARTS)), strict=True)
        motcua.http.close()
    return {"first answer": _seconds(answers), "Rasa is in": _seconds(dialogues)}


def _start(motcua: Running) -> tuple[float, float]:
    started = time.monotonic()
    with (motcua.var / "serve.log").open("ab") as log:
        motcua.process = subprocess.Popen(
            ["make", "serve"], cwd=ROOT, env=motcua.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        while not _answered(motcua):
            if time.monotonic() > started + READY_SECONDS:
                raise TimeoutError("no answer came")
            time.sleep(POLL_SECONDS)
        answered = time.monotonic() - started
        motcua.wait(lambda ready: ready["dialogue"] == "ok")
        return answered, time.monotonic() - started
    finally:
        os.killpg(motcua.process.pid, signal.SIGINT)
        motcua.process.wait(STOP_SECONDS)


def _answered(motcua: Running) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return bool(motcua.chat().say(QUESTION)["messages"])
    return False


def _seconds(values: tuple[float, ...]) -> dict[str, float]:
    return {"median s": round(statistics.median(values), 1), "slowest s": round(max(values), 1)}
