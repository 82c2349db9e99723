"""The two Python environments, built from the committed locks into the shared cache and linked into the clone.

An environment cannot be moved, so it is built at its final place; a marker written last says that it is complete.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from setup.places import ROOT, cache, digest, link, python_version
from setup.problems import need_disk
from setup.progress import run, side_by_side, step

LOCKS = ROOT / "requirements"
COMPLETE = ".motcua-complete"
UNPACKING = "unpacking the packages"


@dataclass(frozen=True)
class Environment:
    """One environment: its link in the clone, and pip's arguments, one call after the other."""

    name: str
    link: str
    locks: tuple[str, ...]
    installs: tuple[tuple[str, ...], ...]
    gib: float

    @property
    def folder(self) -> Path:
        """Where the environment of these locks and this interpreter belongs."""
        key = digest([LOCKS / lock for lock in self.locks], python_version(), *map(" ".join, self.installs))
        return cache() / "venvs" / f"{self.name}-{key}"

    @property
    def ready(self) -> bool:
        """Whether it is complete and its interpreter is still there."""
        return (self.folder / COMPLETE).is_file() and (self.folder / "bin" / "python").exists()


GATEWAY = Environment(
    name="gateway",
    link=".venv",
    locks=("torch.lock", "gateway.lock"),
    # PyTorch goes first and alone, so that nothing else decides which build of it comes.
    installs=(("-r", "torch.lock", "-c", "gateway.lock"), ("--no-deps", "-r", "gateway.lock")),
    gib=4.0,
)
RASA = Environment(
    name="rasa",
    link=".venv-rasa",
    locks=("rasa.lock",),
    # Rasa 3.6 declares Python < 3.11 and cannot be resolved; the lock was proven on 3.11.
    installs=(("--no-deps", "--ignore-requires-python", "-r", "rasa.lock"),),
    gib=4.0,
)


def ensure(*environments: Environment) -> None:
    """Make the environments that are missing, side by side, and link all of them. Raises SetupError."""
    missing = [environment for environment in environments if not environment.ready]
    if missing:
        need_disk(cache(), sum(environment.gib for environment in missing), "Setting up the Python environments")
    side_by_side(*(partial(_build, environment) for environment in missing))
    for environment in environments:
        link(environment.link, environment.folder)


def _build(environment: Environment) -> None:
    folder = environment.folder
    why = f"{folder.name} is not in {cache()} yet; a few minutes, once for all clones"
    with step(f"environment {environment.name}", why) as current, _alone(folder):
        if environment.ready:
            return
        shutil.rmtree(folder, ignore_errors=True)
        current.measure = lambda: f": {_installed(environment):.0%}" if current.doing == UNPACKING else ""
        python = folder / "bin" / "python"
        run(current, [sys.executable, "-m", "venv", folder], failed="Python could not create an environment")
        for arguments in environment.installs:
            pip = [
                python,
                "-m",
                "pip",
                "install",
                "--no-input",
                "--disable-pip-version-check",
                *_paths(arguments),
            ]
            run(current, pip, failed=f"Installing the {environment.name} environment failed", shorten=_pip_line)
        (folder / COMPLETE).touch()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two clones that start together build one environment, not two in the same place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _installed(environment: Environment) -> float:
    """The share of the packages in the locks that are unpacked already."""
    wanted = sum(len((LOCKS / lock).read_text().split()) for lock in environment.locks)
    return min(1.0, len(list(environment.folder.glob("lib/*/site-packages/*.dist-info"))) / wanted)


def _paths(arguments: tuple[str, ...]) -> list[str]:
    return [str(LOCKS / part) if part.endswith(".lock") else part for part in arguments]


def _pip_line(line: str) -> str | None:
    """What a newcomer wants to see of pip's output: the package it is at."""
    if found := re.match(r"(Collecting|Downloading|Processing|Building wheel for) (\S+)", line):
        return f"{found[1].lower()} {Path(found[2]).name}"
    if line.startswith("Installing collected packages"):
        return UNPACKING
    return None
