"""Brings a database to the present shape, or back: ``python -m store upgrade | downgrade REVISION | check``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

from store.engine import Database
from store.locks import only_one

_SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate forward to `revision`; replicas that start at the same time wait for one another."""
    with only_one(database, "migration"):
        _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Migrate back to `revision`; ``base`` empties the database."""
    with only_one(database, "migration"):
        _run(database, lambda config: command.downgrade(config, revision))


def check(database: Database) -> None:
    """Raise when the tables in code and the migrations differ."""
    _run(database, command.check)


def revise(database: Database, message: str, revision: str) -> None:
    """Write a migration for what changed in the tables (for developers)."""
    _run(database, lambda config: command.revision(config, message, autogenerate=True, rev_id=revision))


def _run(database: Database, action: Callable[[Config], object]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        action(config)
        connection.commit()
