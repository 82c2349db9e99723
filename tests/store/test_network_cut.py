"""The network to the servers is cut and mended: what waits fails in bounded time, and works afterwards."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot import feed
from bot.feed import Feed
from bot.limits import Limit, RateLimiter
from store import engine
from store.engine import Database
from store.trackers import TrackerEraser
from tests.link import Link
from tests.servers import Postgres, Redis, temporary_database

MORE_THAN_BUFFERS_HOLD = "x" * (64 << 20)
BOUND = 60


@pytest.fixture
def far_database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Link, str]]:
    """A link to an empty database, and the address at its near end; what is lost is noticed after two seconds."""
    monkeypatch.setitem(engine.SERVER_LINK, "connect_timeout", 2)
    monkeypatch.setitem(engine.SERVER_LINK, "tcp_user_timeout", 2000)
    with temporary_database(postgres) as url, Link(postgres.port) as link:
        yield link, url.replace(f":{postgres.port}/", f":{link.port}/")


async def in_time(call: Callable[[], Any]) -> Any:
    """What a call in a thread gives, which must end."""
    async with asyncio.timeout(BOUND):
        return await asyncio.to_thread(call)


async def test_a_statement_under_way_fails_and_the_next_one_works(far_database: tuple[Link, str]) -> None:
    link, url = far_database
    database = Database(url)
    with database.read() as session:
        session.execute(text("SELECT 1"))
        link.cut()
        with pytest.raises(OperationalError):
            await in_time(lambda: session.execute(text("SELECT length(:t)"), {"t": MORE_THAN_BUFFERS_HOLD}))
    link.mend()
    assert await in_time(lambda: only(database)) == 1
    database.close()


async def test_a_connection_that_is_not_made_fails(far_database: tuple[Link, str]) -> None:
    link, url = far_database
    database, eraser = Database(url), TrackerEraser(url)
    calls = (lambda: only(database), lambda: eraser.erase("nobody"))
    link.cut()
    for call in calls:
        with pytest.raises(OperationalError):
            await in_time(call)
    link.mend()
    assert [await in_time(call) for call in calls] == [1, 0]
    database.close()
    eraser.close()


def only(database: Database) -> Any:
    """The one value of a short query."""
    with database.read() as session:
        return session.scalar(text("SELECT 1"))


def test_the_socket_itself_notices_a_lost_network(far_database: tuple[Link, str]) -> None:
    database = Database(far_database[1])
    with database.read() as session:
        held: Any = session.connection().connection.dbapi_connection
        with socket.socket(fileno=held.fileno()) as end:
            assert end.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 2000
            assert end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            end.detach()
    database.close()


async def test_limits_count_here_while_redis_is_cut_off(redis: Redis) -> None:
    with Link(redis.port) as link:
        limiter, once = RateLimiter(redis.url.replace(f":{redis.port}/", f":{link.port}/")), Limit(1, 3600)
        assert await limiter.retry_after("before", once) == 0
        link.cut()
        async with asyncio.timeout(BOUND):
            assert await limiter.retry_after("cut", once) == 0
            assert await limiter.retry_after("cut", once) > 0
        link.mend()
        assert await limiter.retry_after("before", once) > 0
        await limiter.close()


async def test_a_listener_finds_its_way_back_to_redis(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(feed, "TELL_SECONDS", 1.0)
    with Link(redis.port) as link:
        here, there = Feed(redis.url), Feed(redis.url.replace(f":{redis.port}/", f":{link.port}/"))
        listening = asyncio.create_task(there.listen())
        watching = there.watch("c", interval=BOUND)
        await anext(watching)
        await woken(here, watching)
        link.cut()
        assert await there.reachable() is False
        link.mend()
        await woken(here, watching)
        listening.cancel()
        await watching.aclose()
        await here.close()
        await there.close()


async def woken(here: Feed, watching: Any) -> None:
    """Call until a watcher on the other replica wakes."""
    waiting = asyncio.ensure_future(anext(watching))
    async with asyncio.timeout(BOUND):
        while not waiting.done():
            here.publish("c")
            await asyncio.wait((waiting,), timeout=0.1)
