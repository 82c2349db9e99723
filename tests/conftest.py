"""Fixtures that every kind of test shares: an empty store, and the whole of Motcua running."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store import migrate
from store.crypto import Vault
from store.engine import Database
from tests.channels.zalo_desk import listening
from tests.fakes.zalo_server import ZaloServer
from tests.running import Running
from tests.servers import Postgres, Redis, temporary_database

MIGRATED = "migrated"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, with a migrated database to copy."""
    with Postgres() as server:
        made = Database(server.create(MIGRATED))
        migrate.upgrade(made)
        made.close()
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A Redis server."""
    with Redis() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated store, on each engine in turn."""
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
        migrate.upgrade(made)
        yield made
        made.close()
        return
    with temporary_database(request.getfixturevalue("postgres"), MIGRATED) as url:
        made = Database(url)
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


@pytest.fixture(scope="session")
async def motcua_zalo(motcua: Running) -> AsyncIterator[ZaloServer]:
    """Zalo, where the running Motcua takes it to be, for as long as it runs: it remembers the tokens it gave."""
    made = ZaloServer()
    async with listening(made.app(), motcua.zalo_port):
        yield made


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a running whole on one worker, so that it is started once."""
    for item in items:
        for whole in {"motcua", "pair"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(whole))
