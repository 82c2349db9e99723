"""Two replicas, each a gateway and a Rasa, on one PostgreSQL and one Redis, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from store.engine import Database
from tests.running import ROOT, Running
from tests.servers import Postgres, Redis

ROLES = ROOT / "deploy" / "postgres" / "roles.sql"
KEY = "a key of the tests that both replicas share"


@dataclass
class Pair:
    """Two replicas of one installation. database_url: with all rights, for tests to look with."""

    one: Running
    two: Running
    database_url: str


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis) -> Iterator[Pair]:
    """Two replicas that hold no more rights than they need; the second starts with an empty disk."""
    administrator = postgres.create("pair")
    postgres.script("pair", ROLES)
    url, owner = (postgres.url("pair", role) for role in ("motcua_app", "motcua_owner"))
    shared = {
        "DATABASE_URL": url, "TRACKER_DATABASE_URL": postgres.url("pair", "motcua_rasa"),
        "REDIS_URL": redis.url, "SECRET_KEY": KEY,
    }  # fmt: skip
    one, two = (Running(tmp_path_factory.mktemp(name), shared, owner) for name in ("one", "two"))
    one.prepare()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda replica: replica.start(), (one, two)))
    yield Pair(one, two, administrator)
    one.stop()
    two.stop()


@pytest.fixture
def shared_store(pair: Pair) -> Iterator[Database]:
    """The store of both replicas."""
    opened = Database(pair.database_url)
    yield opened
    opened.close()
