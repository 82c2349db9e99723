"""One question on each channel of a running Motcua: what the citizen gets back, as text."""

from __future__ import annotations

import asyncio

import httpx

from tests.fakes.zalo_server import ZaloServer
from tests.running import Running
from voice.signature import run_token_path
from voice.simulator.carrier import Account, SimulatedCall

OFFICE_HOURS = "2026-11-23T09:00:00+07:00"
USER = "zalo-user-1"


async def on_web(motcua: Running, zalo: ZaloServer, question: str) -> str:
    """In a new conversation of the web chat."""
    reply = await asyncio.to_thread(motcua.chat().say, question)
    return "\n".join(message["text"] for message in reply["messages"])


async def on_zalo(motcua: Running, zalo: ZaloServer, question: str) -> str:
    """From the one user there is on Zalo."""
    before = len(zalo.texts(USER))
    body, headers = zalo.event("user_send_text", USER, {"text": question})
    async with httpx.AsyncClient(base_url=motcua.base, trust_env=False) as http:
        (await http.post("/channels/zalo/webhook", content=body, headers=headers)).raise_for_status()
    async with asyncio.timeout(60):
        while len(zalo.texts(USER)) == before:
            await asyncio.sleep(0.05)
    return "\n".join(zalo.texts(USER)[before:])


async def on_phone(motcua: Running, zalo: ZaloServer, question: str) -> str:
    """In a call of its own, from its greeting on."""
    account = Account(motcua.base, run_token_path(motcua.var).read_text(), at=OFFICE_HOURS)
    async with httpx.AsyncClient(base_url=motcua.base, timeout=30, trust_env=False) as http:
        call = SimulatedCall(http, account)
        await call.begin()
        await call.say(question)
        await call.hang_up()
    return " ".join(one.text for one in call.heard)
