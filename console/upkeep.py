"""What the console does by itself while a replica runs: it fills the inbox of unanswered questions, and trains."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import structlog

from console.learning import in_work
from console.model_switch import ModelSwitch
from console.pages import Console
from console.unanswered import gather
from settings import ROOT, Settings
from store.engine import Database

log = structlog.get_logger()
SECONDS = 10.0


async def keep_up(console: Console, settings: Settings) -> None:
    """Look every few seconds, for ever."""
    switch = ModelSwitch(
        console.database, f"http://127.0.0.1:{settings.rasa_port}", settings.rasa_token, settings.var
    )  # fmt: skip
    training = asyncio.create_task(_train(console.database))
    try:
        while True:
            await asyncio.sleep(SECONDS)
            try:
                await asyncio.to_thread(gather, console.database, console.knowledge, console.press.cache)
                await switch.follow()
            except Exception:
                log.exception("the console's upkeep failed")
    finally:
        training.cancel()
        await asyncio.gather(training, return_exceptions=True)
        await switch.close()


async def _train(database: Database) -> None:
    """Start the training that waits, in a process of its own."""
    while True:
        await asyncio.sleep(SECONDS)
        try:
            if await asyncio.to_thread(_waits, database):
                await _run_training()
        except Exception:
            log.exception("training not started")


def _waits(database: Database) -> bool:
    with database.read() as session:
        row = in_work(session)
        return row is not None and row.state == "waiting"


async def _run_training() -> None:
    """Run it to its end; it is ended with this process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "console.training", cwd=ROOT, start_new_session=True
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
