"""A database that cannot take another page: nothing is acknowledged that is not kept, and all goes on afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from store import migrate
from store.conversations import InboxRow
from store.crypto import Vault
from store.engine import Database
from tests.channels.zalo_desk import Replica, listening, until
from tests.fakes.zalo_server import ZaloServer


class Disk:
    """The file of a store; `full` lets it grow no further."""

    def __init__(self, database: Database) -> None:
        self._database, self.full = database, False
        event.listen(database.engine, "begin", self._limit)

    def _limit(self, connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() if self.full else 1 << 30
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


@pytest.fixture
async def zalo() -> AsyncIterator[tuple[ZaloServer, str]]:
    server = ZaloServer()
    async with listening(server.app()) as address:
        yield server, address


async def test_what_cannot_be_kept_is_not_acknowledged(
    zalo: tuple[ZaloServer, str], tmp_path: Path, vault: Vault
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    migrate.upgrade(database)
    disk, (server, address) = Disk(database), zalo
    replica = Replica(database, vault, tmp_path, address)
    events = [server.event("user_send_text", f"u{n}", {"text": "hỏi " * 400}) for n in range(40)]
    disk.full = True
    refused = [one for one in events if await delivered(replica, one) != 200]
    assert refused
    with database.read() as session:
        assert session.scalar(select(func.count(InboxRow.id))) == len(events) - len(refused)
    disk.full = False
    assert {await delivered(replica, one) for one in refused} == {200}
    await replica.webhook.finish()
    replica.conversation.release()
    while await replica.conversation.recover():
        replica.sender.wake()
    await until(server, len(events))
    assert len({user for user, _ in server.taken}) == len(events)
    await replica.close()
    database.close()


async def delivered(replica: Replica, one: tuple[bytes, dict[str, str]]) -> int:
    """The status of a delivery; 500 when it broke."""
    try:
        return await asyncio.wait_for(replica.post(*one), 30)
    except Exception:
        return 500
