"""Programs that the tests drive: a browser, PostgreSQL, Redis, a proxy. Running Motcua needs none of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from glob import glob

from setup.problems import SetupError
from setup.progress import run, step

# Debian package: the programs of which one is enough, by name or by pattern.
NEEDED: Mapping[str, Sequence[str]] = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "fonts-dejavu-core": ("/usr/share/fonts/**/DejaVuSans.ttf",),
    "nginx-light": ("nginx", "/usr/sbin/nginx"),
    "postgresql": ("postgres", "/usr/lib/postgresql/*/bin/postgres", "/usr/pgsql-*/bin/postgres"),
    "redis-server": ("redis-server",),
    "systemd": ("systemd-analyze",),
}


def missing(needed: Mapping[str, Sequence[str]] = NEEDED) -> list[str]:
    """The packages none of whose programs is on this machine."""
    return [package for package, programs in needed.items() if not any(map(_present, programs))]


def ensure_packages() -> None:
    """Install what is missing when we may; otherwise raise SetupError with the command to give."""
    packages = missing()
    if not packages:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(f"The tests need programs that are not here: sudo {' '.join(install)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    failed = f"apt-get could not install {', '.join(packages)}; install them by hand and start again"
    with step("system packages", f"the tests drive {', '.join(packages)}") as current:
        run(current, ["apt-get", "update"], failed=failed, environment=quiet)
        run(current, install, failed=failed, environment=quiet)


def _present(program: str) -> bool:
    return bool(glob(program, recursive=True)) if "/" in program else shutil.which(program) is not None  # noqa: PTH207
