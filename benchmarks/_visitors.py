"""Visitors who come when they come: an open loop over chat, sockets, telephone and Zalo, with pauses to think.

Visitors come whether or not those before them were answered, so an overloaded server cannot hide behind a generator
that waits for it; one visitor's next message does wait for the answer, as people do. Latencies count from the request.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import websockets
from twilio.request_validator import RequestValidator

from benchmarks.citizens import CONVERSATIONS, percentile
from tests.fakes.zalo_server import ZaloServer

SHARES = {"chat": 0.62, "socket": 0.18, "call": 0.12, "zalo": 0.08}
KEYS = ("1", "2", "1", "*")
THINK_SECONDS = (1.0, 4.0)
GIVE_UP_SECONDS = 30.0
BUSY = "Tổng đài đang bận"


@dataclass
class Seen:
    """latencies: milliseconds of what was answered, by channel. outcomes: how often each, refusals apart."""

    latencies: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SHARES})
    outcomes: Counter[str] = field(default_factory=Counter)

    def figures(self, seconds: float) -> dict[str, object]:
        """Throughput, percentiles and outcomes."""
        everything = [one for many in self.latencies.values() for one in many] or [0.0]
        by_channel = {
            name: {"messages": len(many), **{f"p{p} ms": round(percentile(many, p / 100)) for p in (50, 95)}}
            for name, many in self.latencies.items()
            if many
        }
        return {
            "messages/s": round(len(everything) / seconds, 1),
            "p50 ms": round(percentile(everything, 0.5)),
            "p95 ms": round(percentile(everything, 0.95)),
            "p99 ms": round(percentile(everything, 0.99)),
            **by_channel,
            "outcomes": dict(self.outcomes.most_common()),
        }


@dataclass(frozen=True)
class Target:
    """One replica. var: its folder, where the simulator's token lies."""

    base: str
    var: Path


class Visitors:
    """Sends visitors to the targets in turn; each stays with one, as a proxy would let them."""

    def __init__(self, targets: Sequence[Target], zalo: ZaloServer, seed: int = 1) -> None:
        self._targets, self._zalo, self._chance = targets, zalo, random.Random(seed)
        limits = httpx.Limits(max_connections=2000, max_keepalive_connections=200)
        self._http = [
            httpx.AsyncClient(base_url=one.base, timeout=GIVE_UP_SECONDS, limits=limits, trust_env=False)
            for one in targets
        ]
        self._signers = [RequestValidator((one.var / "simulator_token").read_text()) for one in targets]
        self._number = 0

    async def come(self, rate: float, seconds: float, seen: Seen) -> None:
        """Visitors by a Poisson process, so that about `rate` messages a second are due."""
        a_visit = sum(len(one) for one in CONVERSATIONS) / len(CONVERSATIONS)
        visits, until = set(), time.monotonic() + seconds
        while time.monotonic() < until:
            visit = asyncio.create_task(self._visit(seen))
            visits.add(visit)
            visit.add_done_callback(visits.discard)
            await asyncio.sleep(self._chance.expovariate(rate / a_visit))
        await asyncio.gather(*visits, return_exceptions=True)

    async def close(self) -> None:
        """Close all connections."""
        for http in self._http:
            await http.aclose()

    async def _visit(self, seen: Seen) -> None:
        self._number += 1
        place, name = self._number % len(self._targets), f"v{self._number}"
        kind = self._chance.choices(list(SHARES), list(SHARES.values()))[0]
        visit: dict[str, Callable[[int, str, Seen], Awaitable[None]]] = {
            "chat": self._chat, "socket": self._watched_chat, "call": self._call, "zalo": self._on_zalo,
        }  # fmt: skip
        await visit[kind](place, name, seen)

    async def _chat(self, place: int, name: str, seen: Seen, channel: str = "chat", token: str | None = None) -> None:
        for number, text in enumerate(self._chance.choice(CONVERSATIONS)):
            body = {"text": text, "client_message_id": f"{name}-{number}"}
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = await self._timed(
                channel, seen, self._http[place].post("/api/chat/messages", json=body, headers=headers)
            )
            if answer is None or answer.status_code != 200:
                return
            token = answer.json().get("token", token)
            await self._think()

    async def _watched_chat(self, place: int, name: str, seen: Seen) -> None:
        opened = await self._timed("socket", seen, self._http[place].post("/api/chat", json={}))
        if opened is None or opened.status_code != 201:
            return
        token = opened.json()["token"]
        address = f"{self._targets[place].base.replace('http', 'ws')}/api/chat/stream"
        try:
            async with websockets.connect(address, proxy=None) as socket:
                await socket.send(json.dumps({"token": token, "after": None}))
                await self._chat(place, name, seen, "socket", token)
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            seen.outcomes[type(error).__name__] += 1

    async def _call(self, place: int, name: str, seen: Seen) -> None:
        for turn in range(len(KEYS) + 1):
            path = "/voice/incoming" if turn == 0 else f"/voice/turn?turn={turn}"
            said = {"CallSid": name, "From": "+84912345678"} | ({"Digits": KEYS[turn - 1]} if turn else {})
            signed = self._signers[place].compute_signature(f"{self._targets[place].base}{path}", said)
            post = self._http[place].post(path, data=said, headers={"X-Twilio-Signature": signed})
            if await self._timed("call", seen, post) is None:
                return
            await self._think()
        done = {"CallSid": name, "CallStatus": "completed"}
        signed = self._signers[place].compute_signature(f"{self._targets[place].base}/voice/status", done)
        await self._http[place].post("/voice/status", data=done, headers={"X-Twilio-Signature": signed})

    async def _on_zalo(self, place: int, name: str, seen: Seen) -> None:
        for text in self._chance.choice(CONVERSATIONS):
            body, headers = self._zalo.event("user_send_text", name, {"text": text})
            post = self._http[place].post("/channels/zalo/webhook", content=body, headers=headers)
            if await self._timed("zalo", seen, post) is None:
                return
            await self._think()

    async def _timed(self, channel: str, seen: Seen, request: Awaitable[httpx.Response]) -> httpx.Response | None:
        asked = time.perf_counter()
        try:
            answer = await request
        except httpx.TransportError as error:
            seen.outcomes[type(error).__name__] += 1
            return None
        if answer.status_code in (429, 503):
            polite = "sent away politely" if "retry-after" in answer.headers else "sent away rudely"
            seen.outcomes[polite] += 1
            return answer
        if BUSY in answer.text:
            seen.outcomes["offered a callback instead"] += 1
            return answer
        seen.outcomes["answered" if answer.is_success else str(answer.status_code)] += 1
        seen.latencies[channel].append((time.perf_counter() - asked) * 1000)
        return answer

    async def _think(self) -> None:
        await asyncio.sleep(self._chance.uniform(*THINK_SECONDS))
