"""The database before a start: migrated, with the seed loaded and a snapshot of the knowledge published."""

from __future__ import annotations

from setup.environments import GATEWAY
from setup.progress import run, step


def ensure_database() -> None:
    """Bring the schema and the first snapshot up to date. Raises SetupError."""
    python = GATEWAY.folder / "bin" / "python"
    with step("database", "brings the tables and the published knowledge up to date") as current:
        current.doing = "migrating"
        run(current, [python, "-m", "store", "upgrade"], failed="The database could not be migrated: is it reachable?")
        current.doing = "publishing"
        publish = [python, "-m", "knowledge", "publish", "--if-needed"]
        run(current, publish, failed="The knowledge could not be published", environment={"OMP_NUM_THREADS": "2"})
