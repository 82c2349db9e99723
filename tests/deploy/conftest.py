"""Two replicas, each a gateway and a Rasa, on one PostgreSQL and one Redis, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from store.engine import Database
from tests.fakes.zalo_server import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET
from tests.running import ROOT, Running
from tests.servers import Postgres, Redis

ROLES = ROOT / "deploy" / "postgres" / "roles.sql"
# An account whose provider cannot be reached: events are taken, replies wait.
ZALO = {
    "ZALO_APP_ID": APP_ID, "ZALO_APP_SECRET": APP_SECRET, "ZALO_OA_SECRET": OA_SECRET,
    "ZALO_REFRESH_TOKEN": FIRST_REFRESH, "ZALO_API_BASE": "http://127.0.0.1:9", "ZALO_OAUTH_BASE": "http://127.0.0.1:9",
}  # fmt: skip
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
        "REDIS_URL": redis.url, "SECRET_KEY": KEY, **ZALO,
    }  # fmt: skip
    one, two = (Running(tmp_path_factory.mktemp(name), shared, owner) for name in ("one", "two"))
    one.prepare()
    with ExitStack() as ending, ThreadPoolExecutor(2) as pool:
        ending.callback(one.stop)
        ending.callback(two.stop)
        list(pool.map(lambda replica: replica.start(), (one, two)))
        yield Pair(one, two, administrator)


@pytest.fixture
def shared_store(pair: Pair) -> Iterator[Database]:
    """The store of both replicas."""
    opened = Database(pair.database_url)
    yield opened
    opened.close()
