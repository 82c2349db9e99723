"""The database before a start: migrated, with the seed loaded and a snapshot of the knowledge published."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from setup.environments import GATEWAY, LOCKS
from setup.models import encoder
from setup.places import ROOT, digest, setting, var
from setup.progress import run, step


def ensure_database() -> None:
    """Bring the schema and the first snapshot up to date. Raises SetupError.

    A SQLite file that was brought up to date by the same code, seed and encoder is left alone: a second start is
    quick. A database server is always asked, because somebody else may have changed it.
    """
    if up_to_date():
        return
    python = GATEWAY.folder / "bin" / "python"
    with step("database", "brings the tables and the published knowledge up to date") as current:
        current.doing = "migrating"
        run(current, [python, "-m", "store", "upgrade"], failed="The database could not be migrated: is it reachable?")
        current.doing = "publishing"
        publish = [python, "-m", "knowledge", "publish", "--if-needed"]
        run(current, publish, failed="The knowledge could not be published", environment={"OMP_NUM_THREADS": "2"})
    if state := _state():
        _done().parent.mkdir(parents=True, exist_ok=True)
        _done().write_text(state)


def up_to_date() -> bool:
    """Whether the SQLite file is known to need nothing."""
    return _done().is_file() and _done().read_text() == _state()


def _done() -> Path:
    """Among the snapshots, so that it goes when they do."""
    return var() / "snapshots" / ".prepared"


def _state() -> str | None:
    """The schema of the SQLite file, whether a snapshot is live, and what both are made from; None for a server."""
    file = var() / "motcua.db"
    if setting("DATABASE_URL", "") or not file.exists():
        return None
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        try:
            schema = database.execute("SELECT version_num FROM alembic_version").fetchall()
            (live,) = database.execute("SELECT count(*) FROM live_snapshot").fetchone()
        except sqlite3.DatabaseError:
            return None
    made_from = digest([ROOT / "knowledge", ROOT / "store", LOCKS], encoder().name, setting("ENCODER", ""))
    return f"{made_from} {schema} {live}"
