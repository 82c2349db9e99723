"""The refresh of the access token: what is tried again, what needs a person, and what only looks as if it did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.channels.zalo import tokens
from bot.channels.zalo.tokens import AccessTokens, Credentials, TokenParked, TokenUnavailable
from store.account_tokens import LEASE, AccountTokenRow
from store.base import now
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow
from tests.fakes.zalo_server import APP_ID, APP_SECRET, FIRST_REFRESH, ZaloServer

Make = Callable[..., AccessTokens]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def zalo() -> ZaloServer:
    return ZaloServer()


@pytest.fixture
async def make(zalo: ZaloServer, clock: Clock, database: Database, vault: Vault, tmp_path: Path) -> AsyncIterator[Make]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(zalo.app())) as http:

        def build(name: str = "one", refresh_token: str = FIRST_REFRESH) -> AccessTokens:
            credentials = Credentials(APP_ID, APP_SECRET, refresh_token, "http://zalo")
            return AccessTokens(database, vault, http, credentials, tmp_path / name / "zalo-token", clock)

        yield build


def alerts(database: Database) -> list[str]:
    with database.read() as session:
        return [str(told.target) for told in session.scalars(select(AuditRow).filter_by(user="zalo"))]


def row(database: Database) -> AccountTokenRow:
    with database.read() as session:
        return session.scalars(select(AccountTokenRow)).one()


def state(database: Database) -> str:
    return row(database).state


async def dies_before_saving(replica: AccessTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crashing:
        crashing.setattr("store.account_tokens.save", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await replica.current()


@pytest.mark.parametrize(("refusal", "code"), [(-14010, "-14010"), ("busy", "0"), (None, "0"), ({"a": 1}, "0")])
async def test_a_refusal_that_may_pass_is_told_and_tried_again(
    make: Make, zalo: ZaloServer, clock: Clock, database: Database, refusal: Any, code: str
) -> None:
    zalo.token_refusals = [refusal]
    replica = make()
    for _ in range(2):
        with pytest.raises(TokenUnavailable):
            await replica.current()
    assert zalo.token_refusals == []
    assert (state(database), alerts(database)) == ("waiting", [code])
    clock.at += timedelta(seconds=2)
    assert await replica.current() in zalo.access
    assert state(database) == "ok"


async def test_each_failure_is_waited_for_longer(
    make: Make, zalo: ZaloServer, clock: Clock, database: Database
) -> None:
    zalo.token_refusals = [-1] * 20
    replica, waits = make(), []
    for _ in range(11):
        with pytest.raises(TokenUnavailable):
            await replica.current()
        until = row(database).leased_until
        assert until is not None
        waits.append((until - clock.at).total_seconds())
        clock.at = until + timedelta(seconds=1)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_an_answer_that_is_no_object_is_tried_again(
    make: Make, zalo: ZaloServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = make()
    with monkeypatch.context() as garbled:
        garbled.setattr(httpx.Response, "json", lambda self: ["no", "object"])
        with pytest.raises(TokenUnavailable):
            await replica.current()
    assert zalo.used == {FIRST_REFRESH}


async def test_another_token_is_taken_after_a_refusal_of_any_kind(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    zalo.token_refusals = [-14010]
    with pytest.raises(TokenUnavailable):
        await make(refresh_token="stale").current()
    assert await make().current() in zalo.access


async def test_a_used_up_token_needs_a_person_at_once(make: Make, database: Database) -> None:
    with pytest.raises(TokenUnavailable):
        await make(refresh_token="stale").current()
    with pytest.raises(TokenParked):
        await make(refresh_token="stale").current()
    assert (state(database), alerts(database)) == ("parked", ["-14020"])


async def test_nobody_is_called_while_the_replica_that_has_the_pair_may_come_back(
    make: Make, zalo: ZaloServer, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dies_before_saving(make("one"), monkeypatch)
    clock.at += LEASE + timedelta(seconds=1)
    other = make("two")
    for _ in range(3):
        with pytest.raises(TokenUnavailable):
            await other.current()
    assert zalo.refused[-14020] == 1
    assert (state(database), alerts(database)) == ("doubted", [])
    restarted = await make("one").current()
    assert restarted in zalo.access
    assert await other.current() == restarted
    assert (state(database), alerts(database)) == ("ok", [])


async def test_a_person_is_called_when_it_does_not_come_back(
    make: Make, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dies_before_saving(make("one"), monkeypatch)
    other = make("two")
    for wait in (LEASE, tokens.COMES_BACK):
        clock.at += wait + timedelta(seconds=1)
        with pytest.raises(TokenUnavailable):
            await other.current()
    assert (state(database), alerts(database)) == ("parked", ["-14020"])


async def test_the_old_access_token_serves_while_the_refresh_is_put_off(
    make: Make, zalo: ZaloServer, clock: Clock
) -> None:
    replica = make()
    first = await replica.current()
    clock.at += timedelta(hours=24)
    zalo.token_refusals = [-1]
    assert [await replica.current() for _ in range(2)] == [first] * 2
    clock.at += timedelta(seconds=2)
    assert await replica.current() != first
