"""Long steps on the terminal: what is done and why, a sign of life every few seconds, how long it took."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from setup.places import ROOT, var
from setup.problems import SetupError, explain

HEARTBEAT_SECONDS = 10.0
_TAIL = 15

Shorten = Callable[[str], str | None]


@dataclass
class Step:
    """One step under way. The next sign of life mentions `doing` and what `measure` then finds."""

    name: str
    started: float = field(default_factory=time.monotonic)
    doing: str = "still working"
    measure: Callable[[], str] = lambda: ""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def say(self, text: str) -> None:
        """One line under this step's name."""
        print(f"  [{self.name} {self.seconds:4.0f} s] {text}", flush=True)


@contextmanager
def step(name: str, why: str) -> Iterator[Step]:
    """A long step: says its name and reason, shows life until the block ends, then the time it took."""
    print(f"• {name}: {why}", flush=True)
    current = Step(name)
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            current.say(current.doing + current.measure())

    pulse = threading.Thread(target=beat, daemon=True)
    pulse.start()
    try:
        yield current
    except SetupError:
        current.say("failed; what else is under way is finished first and kept")
        raise
    finally:
        done.set()
        pulse.join()
    print(f"✓ {name}: {current.seconds:.0f} s", flush=True)


def side_by_side(*jobs: Callable[[], None]) -> None:
    """Run the jobs at the same time; all are finished before the first SetupError is raised."""
    with ThreadPoolExecutor(max(1, len(jobs))) as pool:
        for job in [pool.submit(job) for job in jobs]:
            job.result()


def run(
    current: Step,
    command: Sequence[object],
    *,
    failed: str,
    environment: Mapping[str, str] | None = None,
    shorten: Shorten = lambda line: line,
) -> None:
    """Run a command of the step; its whole output goes to `setup.log`, a shortened one to the signs of life.

    failed: the sentence for a failure that `explain` does not know. Raises SetupError.
    """
    log = var() / "log" / "setup.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    tail: deque[str] = deque(maxlen=_TAIL)
    with (
        log.open("a") as copy,
        subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            copy.write(line)
            tail.append(line.rstrip())
            current.doing = shorten(line.strip()) or current.doing
    if process.returncode:
        for line in tail:
            current.say(line)
        raise SetupError(f"{explain(tail, failed)} (details: {log})")
