"""What can go wrong on a fresh machine, each as one clear sentence that says what to do."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path

GIB = 1024**3
_SIGNS = (
    (
        ("No space left on device",),
        "The disk became full; free some space and start again (what is complete is kept).",
    ),
    (
        ("No matching distribution", "Could not find a version"),
        "pip's package index does not offer a version that the lock names; check pip's index settings and start again.",
    ),
    (
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "BadZipFile", "is invalid: ", "IncompleteRead"),
        "A download arrived broken; start again, and if it repeats empty pip's cache with `pip cache purge`.",
    ),
    (
        (
            "Temporary failure in name resolution",
            "NewConnectionError",
            "Read timed out",
            "Connection reset",
            "ProxyError",
        ),
        "The network failed during a download; start again when it is back (what was fetched is kept).",
    ),
)


class SetupError(Exception):
    """Set-up cannot go on; the message tells a newcomer what to do."""


def need_disk(folder: Path, gib: float, what: str) -> None:
    """Raise SetupError unless the disk of `folder` (which may not exist yet) has `gib` GiB free."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free / GIB
    if free < gib:
        raise SetupError(
            f"{what} needs {gib:.1f} GB in {folder} but only {free:.1f} GB are free: "
            "free some space, or choose another disk with MOTCUA_CACHE=/path."
        )


def need_port(name: str, port: int, host: str = "127.0.0.1") -> None:
    """Raise SetupError when somebody listens on the port already. name: the setting that chooses it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise SetupError(
                f"Port {port} may be used by the administrator only: choose one above 1024 with {name}=…"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise SetupError(
                f"Port {port} is in use already, perhaps by another Motcua: "
                f"stop that program, or choose another port: {name}={port + 10} make serve"
            ) from None


def explain(lines: Iterable[str], otherwise: str) -> str:
    """The sentence for a failed installation, judged by the last lines it printed."""
    text = "\n".join(lines)
    return next((advice for signs, advice in _SIGNS if any(sign in text for sign in signs)), otherwise)
