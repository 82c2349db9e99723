"""Set-up touches the database only when something it is made from changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from setup import database
from setup.progress import Step
from store import migrate
from store.engine import Database


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that set-up gives; the migration is really done, in a folder of the test."""
    given: list[str] = []

    def run(_step: Step, command: list[object], **_options: object) -> None:
        given.append(" ".join(map(str, command[2:])))
        if "upgrade" in command:
            made = Database(f"sqlite:///{tmp_path}/motcua.db")
            migrate.upgrade(made)
            made.close()

    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(database, "run", run)
    return given


BOTH = ["store upgrade", "knowledge publish --if-needed"]


def test_a_second_start_finds_everything_done(commands: list[str]) -> None:
    database.ensure_database()
    database.ensure_database()
    assert commands == BOTH


def test_a_changed_encoder_publishes_again(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    database.ensure_database()
    monkeypatch.setenv("ENCODER", "another/model")
    database.ensure_database()
    assert commands == BOTH * 2


def test_a_file_of_another_time_is_migrated_again(commands: list[str], tmp_path: Path) -> None:
    database.ensure_database()
    made = Database(f"sqlite:///{tmp_path}/motcua.db")
    with made.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'earlier'"))
    made.close()
    assert database.up_to_date() is False
    (tmp_path / "motcua.db").unlink()
    assert database.up_to_date() is False


def test_missing_snapshots_are_made_again(commands: list[str], tmp_path: Path) -> None:
    database.ensure_database()
    assert database.up_to_date() is True
    (tmp_path / "snapshots" / ".prepared").unlink()
    assert database.up_to_date() is False


def test_a_database_server_is_always_asked(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://db/motcua")
    database.ensure_database()
    database.ensure_database()
    assert commands == BOTH * 2
