"""Fixtures that every kind of test shares: an empty store, and the whole of Motcua running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import migrate
from store.crypto import Vault
from store.engine import Database
from tests.running import Running


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated SQLite store."""
    made = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    migrate.upgrade(made)
    yield made
    made.close()


@pytest.fixture
def vault() -> Vault:
    """Keys of a test."""
    return Vault("a secret for tests that is long enough")


@pytest.fixture(scope="session")
def motcua(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole of Motcua, shared by the tests of one worker; mark them ``xdist_group("motcua")``."""
    running = Running(tmp_path_factory.mktemp("motcua"))
    running.prepare()
    running.start()
    yield running
    running.stop()
