"""A replica as a process of its own, so that it can be killed: the Zalo channel on a port, and what keeps house for it.

``python -m tests.channels.zalo_process DATABASE_URL VAR ZALO_URL NAME PORT``
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import uvicorn

from bot.logs import configure_logs
from store.crypto import Vault
from store.engine import Database
from tests.channels.zalo_desk import Replica

KEY = "a secret for measurements, long enough"
RECOVER_SECONDS = 1.0


async def serve(url: str, var: Path, zalo: str, name: str, port: int) -> None:
    """Serve until killed; first answer what an earlier process of this name left behind."""
    replica = Replica(Database(url), Vault(KEY), var, zalo, name=name)
    replica.conversation.release()
    server = uvicorn.Server(uvicorn.Config(replica.app, port=port, log_level="error", lifespan="off"))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        tasks.create_task(_recover(replica))


async def _recover(replica: Replica) -> None:
    while True:
        with contextlib.suppress(Exception):
            if await replica.conversation.recover():
                replica.sender.wake()
        await asyncio.sleep(RECOVER_SECONDS)


if __name__ == "__main__":
    configure_logs("ERROR")
    url, var, zalo, name, port = sys.argv[1:]
    asyncio.run(serve(url, Path(var), zalo, name, int(port)))
