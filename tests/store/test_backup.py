"""Backup and restore on both engines: nothing is missing, damage is noticed, old ones go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from store import backup, migrate
from store.base import new_id
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.tables import all_tables
from tests.conftest import MIGRATED
from tests.servers import Postgres, temporary_database

AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
TRACKERS = "CREATE TABLE events (id integer, sender_id text)"


@dataclass
class Place:
    """An installation: its addresses, and a store opened on them."""

    url: str
    trackers: str

    def opened(self) -> Database:
        return Database(self.url)

    def fill(self, count: int) -> None:
        """Add so many conversations of two turns each."""
        database = self.opened()
        with database.write() as session:
            for number in range(count):
                id_ = new_id()
                session.add(ConversationRow(id=id_, channel="web", context={"số": number}))
                session.flush()
                session.add_all(TurnRow(conversation_id=id_, seq=n, author="citizen", text="Dạ, hồ sơ") for n in (1, 2))
        database.close()

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """All rows of all tables."""
        database = self.opened()
        with database.engine.connect() as connection:
            rows = {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in all_tables().sorted_tables
            }
        database.close()
        return rows

    def tracker_events(self) -> int:
        """How many events Rasa has stored."""
        database = Database(self.trackers)
        with database.engine.connect() as connection:
            count = connection.scalar(text("SELECT count(*) FROM events"))
        database.close()
        return int(count or 0)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        made = Place(f"sqlite:///{tmp_path / 'motcua.db'}", f"sqlite:///{tmp_path / 'trackers.db'}")
        store = made.opened()
        migrate.upgrade(store)
        store.close()
        yield prepared(made)
        return
    server: Postgres = request.getfixturevalue("postgres")
    with temporary_database(server, MIGRATED) as url:
        yield prepared(Place(url, url))


def prepared(place: Place) -> Place:
    """With a tracker of Rasa in it."""
    trackers = Database(place.trackers)
    with trackers.engine.begin() as connection:
        connection.execute(text(TRACKERS))
        connection.execute(text("INSERT INTO events VALUES (1, 'c')"))
    trackers.close()
    return place


def test_after_a_restore_every_row_is_there_again(place: Place, tmp_path: Path) -> None:
    place.fill(300)
    before = place.everything()
    made = backup.back_up(place.url, place.trackers, tmp_path / "backups", AT)
    assert made.stat().st_mode & 0o777 == 0o600
    database = place.opened()
    with database.write() as session:
        session.execute(text("DELETE FROM conversations"))
    database.close()
    place.fill(5)
    counts = backup.restore(made, place.url, place.trackers)
    assert (counts["conversations"], counts["turns"]) == (300, 600)
    assert place.everything() == before
    assert place.tracker_events() == 1


def test_a_lost_database_comes_back(place: Place, tmp_path: Path) -> None:
    place.fill(20)
    before = place.everything()
    made = backup.back_up(place.url, place.trackers, tmp_path / "backups", AT)
    if make_url(place.url).get_backend_name() == "sqlite":
        for file in tmp_path.glob("*.db*"):
            file.unlink()
    else:
        database = place.opened()
        migrate.downgrade(database, "base")
        database.close()
    backup.restore(made, place.url, place.trackers)
    assert place.everything() == before
    database = place.opened()
    migrate.check(database) if make_url(place.url).get_backend_name() == "sqlite" else migrate.upgrade(database)
    database.close()


def test_a_damaged_backup_is_refused_and_changes_nothing(place: Place, tmp_path: Path) -> None:
    place.fill(20)
    made = backup.back_up(place.url, place.trackers, tmp_path / "backups", AT)
    content = bytearray(made.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 64] = bytes(64 * [7])
    made.write_bytes(content)
    place.fill(1)
    with pytest.raises(backup.BackupError):
        backup.restore(made, place.url, place.trackers)
    assert len(place.everything()["conversations"]) == 21


def test_a_backup_of_another_engine_is_refused(place: Place, tmp_path: Path, postgres: Postgres) -> None:
    made = backup.back_up(place.url, place.trackers, tmp_path / "backups", AT)
    other = f"sqlite:///{tmp_path / 'other.db'}" if place.url.startswith("postgresql") else postgres.url(MIGRATED)
    with pytest.raises(backup.BackupError, match="another engine"):
        backup.restore(made, other, other)


def test_old_backups_go_but_never_the_newest(tmp_path: Path) -> None:
    days = [AT - timedelta(days=n) for n in (90, 40, 10)]
    for day in days:
        (tmp_path / f"{backup.PREFIX}{day:%Y%m%dT%H%M%SZ}.tar").touch()
    assert len(backup.forget_old(tmp_path, 30, AT)) == 2
    assert backup.forget_old(tmp_path, 1, AT) == []
