"""``python -m voice.simulator``: a call from the terminal; with ``--script FILE.yml`` one without a person."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx

from knowledge.text_file import read_yaml
from settings import get_settings
from voice.simulator.carrier import Account, CarrierError, SimulatedCall
from voice.simulator.script import ScriptFailedError, run_script

HELP = "Gõ phím số (có * và #), hoặc gõ lời nói. Enter trống: im lặng. /gac: gác máy."


def main() -> int:
    """Place one call, or those of a script; 1 when a script is not met or no gateway runs here."""
    parser = argparse.ArgumentParser(prog="python -m voice.simulator", description="Call the hotline from here.")
    parser.add_argument("--script", type=Path, help="a YAML file of calls")
    parser.add_argument("--from", dest="caller", default="+84912345678", help="the number that calls")
    arguments = parser.parse_args()
    settings = get_settings()
    token = settings.var / "simulator_token"
    if not token.is_file():
        print("Chưa có tổng đài nào chạy trên máy này. Hãy chạy: make serve", file=sys.stderr)
        return 1
    account = Account(settings.base_url, token.read_text().strip())
    try:
        return asyncio.run(_run(account, settings.port, arguments.script, arguments.caller))
    except httpx.TransportError:
        print(f"Tổng đài không trả lời ở cổng {settings.port}. Hãy chạy: make serve", file=sys.stderr)
        return 1


async def _run(account: Account, port: int, script: Path | None, caller: str) -> int:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        if script is None:
            await _talk(SimulatedCall(http, account, caller))
            return 0
        return await _scripted(http, account, script)


async def _scripted(http: httpx.AsyncClient, account: Account, script: Path) -> int:
    failed = 0
    for written in await asyncio.to_thread(_written, script):
        set_up = Account(account.base, account.token, written.get("carrier", "twilio"), written.get("at"))
        try:
            await run_script(SimulatedCall(http, set_up, written.get("from", "+84912345678")), written["steps"])
            print(f"✓ {written['call']}")
        except (ScriptFailedError, CarrierError) as error:
            failed += 1
            print(f"✗ {written['call']}: {error}")
    return 1 if failed else 0


def _written(script: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = read_yaml(script)
    return loaded


async def _talk(call: SimulatedCall) -> None:
    print(HELP)
    await call.begin()
    while not call.over:
        _show(call)
        typed = (await asyncio.to_thread(input, "> ")).strip()
        try:
            await _do(call, typed)
        except CarrierError as error:
            print(f"({error})")
    _show(call)
    print("(cuộc gọi đã kết thúc)")


async def _do(call: SimulatedCall, typed: str) -> None:
    verb = call.waiting.tag if call.waiting is not None else ""
    if typed == "/gac":
        await call.hang_up()
    elif verb == "Record":
        await call.leave_message(max(3, len(typed.split()) // 2) if typed else 0)
    elif verb == "Dial":
        await call.person("completed" if typed else "no-answer")
    elif verb == "Enqueue" and typed != "1":
        await call.wait(60)
    elif typed and set(typed) <= set("0123456789*#"):
        await call.press(typed)
    else:
        await (call.say(typed) if typed else call.silence())


def _show(call: SimulatedCall) -> None:
    for heard in call.heard:
        print(f"☎  {heard.text}")
    call.forget()


if __name__ == "__main__":
    sys.exit(main())
