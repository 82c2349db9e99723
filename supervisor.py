"""Keeps processes alive: starts them, starts a fallen one again after a growing pause, ends all when told to."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from logging.handlers import RotatingFileHandler
from pathlib import Path

BACK_OFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
GRACE_SECONDS = 15.0
PROBE_SECONDS = 10.0
LOG_BYTES = 10_000_000
LOG_FILES = 5
OF_THE_SYSTEM = ("PATH", "HOME", "LANG", "LC_*", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHON*")
EVERYTHING = ("*",)
_LINE_LIMIT = 1 << 20
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep alive.

    inherited: patterns of the variables it gets from the supervisor's own environment. environment: added to these.
    log: a file for its standard error, rotated by size; standard output goes to the terminal only, for what must not be
    written down (a one-time link) - unless `log_output`. ailment: asked every `PROBE_SECONDS` with the process id; a
    reason instead of None has the process ended and started again.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    inherited: Sequence[str] = OF_THE_SYSTEM
    log_output: bool = False
    back_off: Sequence[float] = BACK_OFF_SECONDS
    ailment: Callable[[int], Awaitable[str | None]] | None = None


async def supervise(children: Sequence[Child], stop: asyncio.Event, grace: float = GRACE_SECONDS) -> None:
    """Keep the children running until `stop` is set, then end them: politely, after `grace` seconds by force."""
    await asyncio.gather(*(_keep(child, stop, grace) for child in children))


async def _keep(child: Child, stop: asyncio.Event, grace: float) -> None:
    failures = 0
    while not stop.is_set():
        started = time.monotonic()
        code = await _run_once(child, stop, grace)
        if stop.is_set():
            return
        failures = 0 if time.monotonic() - started > STEADY_SECONDS else failures
        pause = child.back_off[min(failures, len(child.back_off) - 1)]
        failures += 1
        say(f"{child.name} ended ({_how(code)}); starting it again in {pause:g} s")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _run_once(child: Child, stop: asyncio.Event, grace: float) -> int:
    """Run the child to its end, or to `stop`, its lines going to terminal and log. Returns its exit code."""
    process = await asyncio.create_subprocess_exec(
        *child.command,
        env=_environment(child),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_die_with_parent,
        limit=_LINE_LIMIT,
    )
    ending = asyncio.create_task(_end_in_time(child, process, stop, grace))
    log = _rotating(child.log)
    try:
        output = _pump(child.name, process.stdout, log if child.log_output else None)
        await asyncio.gather(output, _pump(child.name, process.stderr, log))
        return await process.wait()
    finally:
        ending.cancel()
        log.close()
        _signal_group(process.pid, signal.SIGKILL)


def _environment(child: Child) -> dict[str, str]:
    own = {n: v for n, v in os.environ.items() if any(fnmatchcase(n, pattern) for pattern in child.inherited)}
    return {**own, **child.environment}


async def _end_in_time(child: Child, process: asyncio.subprocess.Process, stop: asyncio.Event, grace: float) -> None:
    """End the process at `stop`, or when it ails."""
    while not stop.is_set():
        try:
            await asyncio.wait_for(stop.wait(), PROBE_SECONDS)
        except TimeoutError:
            if child.ailment is not None and (reason := await child.ailment(process.pid)):
                say(f"{child.name} {reason}; ending it")
                break
    _signal_group(process.pid, signal.SIGTERM)
    await asyncio.sleep(grace)
    say(f"{child.name} did not end within {grace:g} s; killing it")
    _signal_group(process.pid, signal.SIGKILL)


async def _pump(name: str, lines: asyncio.StreamReader | None, log: RotatingFileHandler | None) -> None:
    while lines is not None:
        try:
            line = await lines.readline()
        except ValueError:
            continue
        if not line:
            return
        text = line.decode(errors="replace").rstrip()
        say(text, name)
        if log:
            log.emit(logging.makeLogRecord({"msg": text}))


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Runs in the new process: when the supervisor is killed, the kernel ends the child too (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _rotating(path: Path) -> RotatingFileHandler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    return handler


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def say(text: str, name: str = "motcua") -> None:
    """One line on the terminal, under the name of the process it comes from."""
    print(f"{name:>8} │ {text}", flush=True)
