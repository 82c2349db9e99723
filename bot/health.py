"""`/healthz` says the process lives; `/readyz` says what works and what does not, in words an operator can act on.

`/metrics`, on the loopback listener only, says the same in numbers.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation import Knowledge
from bot.dialogue import RasaClient
from bot.feed import Feed
from store import condition
from store.base import now
from store.condition import Condition
from store.engine import Database

LEAST_FREE = 1 << 30
_REDIS = {True: "ok", False: "unreachable: limits and news are each replica's own", None: "not used"}
_UP = Gauge("motcua_up", "Whether a part can be reached.", ["part"])
_INBOX = Gauge("motcua_inbox", "Messages accepted and not answered.", ["state"])
_OLDEST = Gauge("motcua_inbox_oldest_seconds", "How long the oldest of them waits.")
_OUTBOX = Gauge("motcua_outbox", "Messages not sent yet.", ["channel", "state"])
_UNCERTAIN = Gauge("motcua_outbox_uncertain", "Sends of which nobody knows whether they arrived.")
_TICKETS = Gauge("motcua_tickets", "Tickets that wait for a person or are in work.", ["kind"])
_ATTEMPTS = Gauge("motcua_dossier_attempts", "Failed look-ups of dossiers within the last hour.")
_SNAPSHOT = Gauge("motcua_snapshot", "Number of the snapshot that answers here.")
_LIVE = Gauge("motcua_snapshot_live", "Number of the snapshot that every replica should answer from.")
_TOKEN = Gauge(
    "motcua_token_seconds", "Seconds until a sending account's token runs out; negative: refused.", ["account"]
)
_FREE = Gauge("motcua_disk_free_bytes", "Free bytes where data and logs are kept.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the gateway needs to work. var: the folder of data and logs."""

    database: Database
    knowledge: Knowledge
    dialogue: RasaClient
    feed: Feed
    var: Path


def health_router(parts: Parts) -> APIRouter:
    """The two public routes. Rasa or Redis being away is reported, yet the gateway is ready: it answers without."""
    router = APIRouter()

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        stored, dialogue, redis = await _asked(parts)
        snapshot = parts.knowledge.snapshot
        said = {
            "store": "ok" if stored else "unreachable",
            "knowledge": f"snapshot {snapshot}" if snapshot else "no snapshot is published",
            "dialogue": "ok" if dialogue else "loading or down: answers come from retrieval alone",
            "redis": _REDIS[redis],
            "disk": "ok" if _free(parts.var) > LEAST_FREE else "less than 1 GB is free",
            "inbox": f"a message waits for {stored.oldest:.0f} s" if stored and stored.oldest > 30 else "ok",
        }
        works = stored is not None and snapshot > 0
        return JSONResponse({"status": "ready" if works else "not ready", **said}, 200 if works else 503)

    return router


def metrics_router(parts: Parts) -> APIRouter:
    """The route for Prometheus; it belongs on the loopback listener."""
    router = APIRouter()

    @router.get("/metrics")
    async def metrics() -> Response:
        stored, dialogue, redis = await _asked(parts)
        _UP.labels("store").set(stored is not None)
        _UP.labels("dialogue").set(dialogue)
        if redis is not None:
            _UP.labels("redis").set(redis)
        _SNAPSHOT.set(parts.knowledge.snapshot)
        _FREE.set(_free(parts.var))
        if stored is not None:
            _show(stored)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _asked(parts: Parts) -> tuple[Condition | None, bool, bool | None]:
    """The condition of the store, whether Rasa answers, and whether Redis does, None when there is none."""
    stored, dialogue, redis = await asyncio.gather(
        asyncio.to_thread(_read, parts.database), parts.dialogue.ready(), parts.feed.reachable()
    )
    return stored, dialogue, redis


def _read(database: Database) -> Condition | None:
    try:
        with database.read() as session:
            return condition.read(session, now())
    except SQLAlchemyError:
        return None


def _show(stored: Condition) -> None:
    for gauge in (_INBOX, _OUTBOX, _TICKETS, _TOKEN):
        gauge.clear()
    for state, count in stored.inbox.items():
        _INBOX.labels(state).set(count)
    for (channel, state), count in stored.outbox.items():
        _OUTBOX.labels(channel, state).set(count)
    for kind, count in stored.tickets.items():
        _TICKETS.labels(kind).set(count)
    for account, seconds in stored.tokens.items():
        _TOKEN.labels(account).set(seconds)
    _OLDEST.set(stored.oldest)
    _UNCERTAIN.set(stored.uncertain)
    _ATTEMPTS.set(stored.attempts)
    _LIVE.set(stored.snapshot)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free
