"""Several replicas at once on one PostgreSQL: what one writer alone makes easy on SQLite is kept by locks."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from bot.channels.zalo.alerts import alert
from store import migrate, secrets, turns
from store.base import new_id
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.locks import only_one
from tests.running import ROOT
from tests.servers import Postgres, temporary_database

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
AT_ONCE = 8


def test_replicas_that_start_at_once_migrate_one_after_another(postgres: Postgres, tmp_path: Path) -> None:
    with temporary_database(postgres) as url:
        environment = os.environ | {"DATABASE_URL": url, "VAR_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "store", "upgrade"]
        starting = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(3)]
        assert [process.wait(120) for process in starting] == [0, 0, 0]
        database = Database(url)
        migrate.check(database)
        database.close()


def test_migrations_go_forward_and_back(postgres: Postgres) -> None:
    with temporary_database(postgres) as url:
        database = Database(url)
        migrate.upgrade(database)
        migrate.downgrade(database, "base")
        assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
        migrate.upgrade(database)
        migrate.check(database)
        database.close()


def test_turns_written_at_once_keep_one_order(database: Database) -> None:
    with database.write() as session:
        session.add(ConversationRow(id="c", channel="web"))

    def write(number: int) -> None:
        with database.write() as session:
            row = TurnRow(id=new_id(), author="person", text=str(number), messages=[], details={})
            turns.append(session, session.get_one(ConversationRow, "c"), [row])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, range(40)))
    with database.read() as session:
        assert [turn.seq for turn in turns.after(session, "c", 0)] == list(range(1, 41))


def test_a_value_written_at_once_keeps_one_number(database: Database, vault: Vault) -> None:
    with database.write() as session:
        session.add(ConversationRow(id="c", channel="web"))

    def keep(number: int) -> int:
        with database.write() as session:
            return secrets.keep(session, vault, "c", "phone", f"090123456{number % 2}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(keep, range(AT_ONCE))) == {1, 2}


def test_an_alert_is_told_by_one_replica(database: Database) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda _: alert(database, -224, "the package lacks sending", AT), range(AT_ONCE)))
    assert sorted(told) == [False] * (AT_ONCE - 1) + [True]


def test_long_work_is_done_by_one_at_a_time(database: Database) -> None:
    inside: list[int] = []

    def work(number: int) -> None:
        with only_one(database, "publication"):
            inside.append(number)
            with database.read() as session:
                session.scalars(select(ConversationRow.id)).all()
            assert inside == [number]
            inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(20)))


def test_the_lock_of_a_process_that_died_is_free(postgres: Postgres) -> None:
    with temporary_database(postgres) as url:
        database = Database(url)
        held = only_one(database, "publication")
        held.__enter__()
        with database.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        with only_one(database, "publication"):
            pass
        with pytest.raises(Exception, match="connection"):
            held.__exit__(None, None, None)
        database.close()
