"""``python -m voice.sip``: lets softphones on this machine call the hotline that `make serve` runs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

import httpx
import structlog

from settings import get_settings
from voice.signature import run_token_path
from voice.simulator.carrier import Account
from voice.sip.bridge import serve_caller
from voice.sip.callers import Caller

log = structlog.get_logger()
POLL_SECONDS = 0.01


def main() -> int:
    """Answer calls until interrupted; 1 when the library is missing or no gateway runs here."""
    parser = argparse.ArgumentParser(prog="python -m voice.sip", description="Let softphones call the hotline.")
    parser.add_argument("--address", default="127.0.0.1", help="where SIP and RTP are spoken; not beyond this machine")
    parser.add_argument("--port", type=int, default=5070)
    parser.add_argument("--at", help="a moment for the gateway's clock, for rehearsals outside hours")
    arguments = parser.parse_args()
    token = run_token_path(get_settings().var)
    if not token.is_file():
        print("Chưa có tổng đài nào chạy trên máy này. Hãy chạy: make serve", file=sys.stderr)
        return 1
    account = Account(get_settings().base_url, token.read_text().strip(), at=arguments.at, stream=True)
    try:
        asyncio.run(_serve(arguments.address, arguments.port, account))
    except ModuleNotFoundError:
        print("Thiếu thư viện SIP: .venv/bin/pip install -r requirements/sip.lock", file=sys.stderr)
        return 1
    return 0


async def _serve(address: str, port: int, account: Account) -> None:
    from voice.sip.door import Door

    gateway = f"127.0.0.1:{get_settings().port}"
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with httpx.AsyncClient(base_url=f"http://{gateway}", trust_env=False) as http:
        calls: set[asyncio.Task[None]] = set()

        def answered(caller: Caller) -> None:
            task = asyncio.create_task(_served(http, account, f"ws://{gateway}", caller))
            calls.add(task)
            task.add_done_callback(calls.discard)

        door = Door(address, port, answered)
        print(f"Gọi: sip:hotline@{address}:{port}", flush=True)
        while not stop.is_set():
            door.poll()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
        door.close()


async def _served(http: httpx.AsyncClient, account: Account, server: str, caller: Caller) -> None:
    try:
        await serve_caller(http, account, server, caller)
    except Exception:
        log.exception("call not served")
        caller.hang_up()


if __name__ == "__main__":
    sys.exit(main())
