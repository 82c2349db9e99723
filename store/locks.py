"""Locks between replicas: PostgreSQL's advisory locks, and what stands in for them on SQLite."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.engine import Database


def hold(session: Session, name: str) -> None:
    """Let no other transaction that holds `name` go on until this one ends. On SQLite there is one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


@contextmanager
def only_one(database: Database, name: str) -> Iterator[None]:
    """Wait until no other process does the work called `name` on this database, and keep others waiting meanwhile."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:name, 0))"), {"name": name})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), {"name": name})
                connection.execute(text("RESET statement_timeout"))
        return
    with open(f"{database.engine.url.database}.{name}.lock", "w") as file:  # noqa: PTH123 - beside the database
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
