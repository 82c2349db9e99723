"""Runs Motcua: the gateway and Rasa under the supervisor, until Ctrl-C or SIGTERM.

``python serve.py`` in the gateway's environment, after set-up; `make serve` does both.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from urllib.parse import urlsplit

import httpx
import psutil

from settings import ROOT, MissingKeyError, Settings, get_settings
from supervisor import EVERYTHING, Child, say, supervise

MODEL = ROOT / "models" / "dialogue.tar.gz"
SILENT_PROBES = 6
_POLL_SECONDS = 0.2
_TRACKER_DRIVERS = {"postgresql": "postgresql+psycopg2"}
# One thread for each numeric library: two processes share the machine, and short texts gain nothing from more.
_FEW_THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def gateway(settings: Settings) -> Child:
    """The public web server, with the action server on loopback."""
    return Child(
        name="gateway",
        command=(sys.executable, "-m", "app"),
        log=settings.var / "log" / "gateway.log",
        environment={**_FEW_THREADS, "PYTHONUNBUFFERED": "1", "TZ": settings.tz},
        inherited=EVERYTHING,
    )


def rasa(settings: Settings) -> Child:
    """Rasa on loopback, with its HTTP interface behind a token."""
    options = {
        "--interface": "127.0.0.1",
        "--port": str(settings.rasa_port),
        "--model": str(MODEL),
        "--endpoints": "endpoints.yml",
        "--credentials": "credentials.yml",
    }
    return Child(
        name="rasa",
        command=(
            str(ROOT / ".venv-rasa" / "bin" / "python"),
            *("-m", "bot.components.launch", "run", "--enable-api"),
            *(part for option in options.items() for part in option),
        ),
        log=settings.var / "log" / "rasa.log",
        environment=rasa_environment(settings),
        log_output=True,
        ailment=RasaAilment(settings),
    )


class RasaAilment:
    """Why Rasa should be started again: it stopped answering, or holds more memory than RASA_MEMORY_MB.

    Rasa 3.6 never gives memory back; its trackers are on disk, so a fresh start loses nothing.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = f"http://127.0.0.1:{settings.rasa_port}/"
        self._most_bytes = settings.rasa_memory_mb * 1_000_000
        self._silent = 0
        self._pid = 0
        self._answered = False

    async def __call__(self, pid: int) -> str | None:
        """The reason, or None while all is well. A process that has not answered yet is still loading."""
        if pid != self._pid:
            self._pid, self._silent, self._answered = pid, 0, False
        if _memory(pid) > self._most_bytes:
            return f"holds more than {self._most_bytes // 1_000_000} MB"
        if await _answers(self._url):
            self._silent, self._answered = 0, True
        else:
            self._silent += 1
        silent_for_long = self._silent >= SILENT_PROBES
        return f"did not answer {SILENT_PROBES} times in a row" if self._answered and silent_for_long else None


def rasa_environment(settings: Settings) -> dict[str, str]:
    """Everything Rasa is told through its environment, the variables of endpoints.yml among it."""
    return {
        **_FEW_THREADS,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "CUDA_VISIBLE_DEVICES": "-1",
        "SANIC_WORKERS": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING" if settings.log_level == "INFO" else settings.log_level,
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "RASA_TOKEN": settings.rasa_token,
        "ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
        "TZ": settings.tz,
        **_tracker_store(settings),
        **_lock_store(settings.redis_url),
    }


def _tracker_store(settings: Settings) -> dict[str, str]:
    """Rasa's trackers, by the PostgreSQL driver that Rasa's environment has."""
    driver, place = settings.tracker_database.split(":", 1)
    dialect = driver.partition("+")[0]
    return {"TRACKER_DIALECT": dialect, "TRACKER_URL": f"{_TRACKER_DRIVERS.get(dialect, dialect)}:{place}"}


def _lock_store(redis_url: str | None) -> dict[str, str]:
    """Rasa's conversation locks: in memory for one replica, in Redis for several."""
    url = urlsplit(redis_url or "")
    return {
        "LOCK_STORE": "redis" if redis_url else "in_memory",
        "REDIS_HOST": url.hostname or "localhost",
        "REDIS_PORT": str(url.port or 6379),
        "REDIS_DB": url.path.strip("/") or "0",
        "REDIS_USERNAME": url.username or "",
        "REDIS_PASSWORD": url.password or "",
        "REDIS_SSL": "yes" if url.scheme == "rediss" else "",
    }


def _memory(pid: int) -> int:
    """Bytes of memory that a process holds; none when it has just ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        try:
            return (await client.get(url)).is_success
        except httpx.TransportError:
            return False


async def announce(settings: Settings) -> None:
    """Say when each process answers, and where to look."""
    started = time.monotonic()
    await _until_up(f"http://127.0.0.1:{settings.port}/healthz")
    say(f"Motcua answers after {time.monotonic() - started:.1f} s:")
    for page, path in (("chat", "/"), ("telephone", "/call"), ("console", "/console")):
        say(f"  {page:<10} {settings.base_url}{path}")
    await _until_up(f"http://127.0.0.1:{settings.rasa_port}/")
    say(f"Rasa is in after {time.monotonic() - started:.1f} s. Stop everything with Ctrl-C.")


async def _until_up(url: str) -> None:
    while not await _answers(url):  # noqa: ASYNC110 - another process's state
        await asyncio.sleep(_POLL_SECONDS)


async def main() -> None:
    """Run both processes until a signal comes."""
    settings = get_settings()
    os.umask(0o077)
    try:
        children = (gateway(settings), rasa(settings))
    except MissingKeyError as error:
        say(str(error))
        sys.exit(1)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    announcing = asyncio.create_task(announce(settings))
    await supervise(children, stop)
    announcing.cancel()
    say("stopped")


if __name__ == "__main__":
    asyncio.run(main())
