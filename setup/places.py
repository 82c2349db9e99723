"""Where set-up keeps what it builds, and the keys under which it finds it again."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_IGNORED = {"__pycache__", ".DS_Store"}


@lru_cache(maxsize=1)
def cache() -> Path:
    """The folder that all clones of one user share; inside this clone when that cannot be written."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    chosen = Path(os.environ.get("MOTCUA_CACHE") or Path(base) / "motcua")
    return chosen if _writable(chosen) else ROOT / "var" / "cache"


def setting(name: str, default: str) -> str:
    """A setting needed before the environment exists that reads them properly (`settings.py`)."""
    if value := os.environ.get(name):
        return value
    file = ROOT / ".env"
    lines = file.read_text().splitlines() if file.is_file() else []
    values = [line.partition("=")[2].strip().strip("'\"") for line in lines if line.partition("=")[0].strip() == name]
    return (values and values[-1]) or default


def var() -> Path:
    """The folder of everything that changes at run time (VAR_DIR)."""
    return ROOT / setting("VAR_DIR", "var")


def digest(paths: Iterable[Path], *facts: str) -> str:
    """Sixteen hex digits that change when a file under `paths` changes, comes, goes or is renamed, or a fact does.

    A path that does not exist counts as empty.
    """
    sha = hashlib.sha256()
    for path in sorted(file for top in paths for file in _files(top)):
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        sha.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    sha.update("\0".join(facts).encode())
    return sha.hexdigest()[:16]


def python_version() -> str:
    """The interpreter's version and machine: an environment built for another one cannot be used."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}-{sys.platform}-{os.uname().machine}"


def link(name: str, target: Path) -> None:
    """Let `name` at the root of the clone point to `target`, replacing an older link in one step.

    A real file or folder of that name, such as an environment somebody made by hand, is moved out of the way.
    """
    place = ROOT / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink() and place.readlink() == target:
        return
    if place.exists() and not place.is_symlink():
        place.rename(place.with_name(f"{place.name}.old"))
    fresh = place.with_name(f".{place.name}.{os.getpid()}")
    fresh.symlink_to(target)
    fresh.replace(place)


def _files(top: Path) -> list[Path]:
    if top.is_file():
        return [top]
    return [path for path in top.rglob("*") if path.is_file() and not _IGNORED & set(path.parts)]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
