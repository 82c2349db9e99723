"""Moves an installation to another engine: every row of every table, as when SQLite has become too small."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, insert, select, text

from store.engine import Database
from store.tables import all_tables

BATCH = 1000


class TargetNotEmptyError(Exception):
    """The target holds rows already; moving would mix two installations."""


def move(source: Database, target: Database) -> dict[str, int]:
    """Copy all rows in one transaction of the target; how many of each table. Both must be migrated to the same shape.

    Raises TargetNotEmptyError.
    """
    tables = all_tables().sorted_tables
    with source.engine.connect() as old, target.engine.begin() as new:
        if any(new.scalar(select(func.count()).select_from(table)) for table in tables):
            raise TargetNotEmptyError
        counts = {table.name: _copy(table, old, new) for table in tables}
        if new.dialect.name == "postgresql":
            for table in tables:
                _count_on(table, new)
    return counts


def _copy(table: Table, old: Connection, new: Connection) -> int:
    count = 0
    for rows in old.execute(select(table)).mappings().partitions(BATCH):
        new.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    return count


def _count_on(table: Table, new: Connection) -> None:
    """Let a sequence of the server go on after the highest number that was copied."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = new.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name})
    highest = new.scalar(select(func.max(column)))
    if sequence and highest:
        new.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
