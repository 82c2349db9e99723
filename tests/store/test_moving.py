"""An installation moves from SQLite to PostgreSQL with every row, and goes on counting where it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from store import inbox, migrate, moving
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.tables import all_tables
from tests.conftest import MIGRATED
from tests.servers import Postgres, temporary_database

AT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.fixture
def engines(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    old = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    migrate.upgrade(old)
    with temporary_database(postgres, MIGRATED) as url:
        new = Database(url)
        yield old, new
        new.close()
    old.close()


def fill(database: Database, vault: Vault) -> None:
    with database.write() as session:
        session.add(ConversationRow(id="c", channel="web", context={"đơn": 1}, created_at=AT, last_at=AT))
        session.flush()
        session.add(TurnRow(id="t", conversation_id="c", seq=1, author="citizen", text="Dạ, hồ sơ", at=AT))
        for number in range(3):
            row = InboxRow(conversation_id="c", message_id=f"m{number}", channel="web", sealed=vault.seal("x", "inbox"))
            inbox.accept(session, row, "here")


def test_every_row_arrives_as_it_was(engines: tuple[Database, Database], vault: Vault) -> None:
    old, new = engines
    fill(old, vault)
    counts = moving.move(old, new)
    assert (counts["conversations"], counts["turns"], counts["inbox"]) == (1, 1, 3)
    for table in all_tables().sorted_tables:
        with old.engine.connect() as before, new.engine.connect() as after:
            rows = [
                [tuple(row) for row in each.execute(select(table).order_by(*table.primary_key))]
                for each in (before, after)
            ]
        assert rows[0] == rows[1], table.name


def test_numbers_go_on_after_the_highest(engines: tuple[Database, Database], vault: Vault) -> None:
    old, new = engines
    fill(old, vault)
    moving.move(old, new)
    with new.write() as session:
        row = InboxRow(conversation_id="c", message_id="next", channel="web", sealed=b"")
        assert inbox.accept(session, row, "here").id == 4


def test_two_installations_are_not_mixed(engines: tuple[Database, Database], vault: Vault) -> None:
    old, new = engines
    fill(old, vault)
    moving.move(old, new)
    with pytest.raises(moving.TargetNotEmptyError):
        moving.move(old, new)
