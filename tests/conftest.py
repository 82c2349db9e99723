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
    """The whole of Motcua, started once for all tests that use it."""
    running = Running(tmp_path_factory.mktemp("motcua"))
    running.prepare()
    running.start()
    yield running
    running.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the running whole on one worker, so that it is started once."""
    for item in items:
        if "motcua" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("motcua"))
