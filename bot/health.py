"""`/healthz` says the process lives; `/readyz` says what works and what does not, in words an operator can act on."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation import Knowledge
from bot.dialogue import RasaClient
from store.engine import Database


def health_router(database: Database, knowledge: Knowledge, dialogue: RasaClient) -> APIRouter:
    """The two routes. Rasa being away is reported, yet the gateway is ready: it answers from retrieval alone."""
    router = APIRouter()

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def ready() -> JSONResponse:
        store = await asyncio.to_thread(_reachable, database)
        parts: dict[str, Any] = {
            "store": "ok" if store else "unreachable",
            "knowledge": f"snapshot {knowledge.snapshot}" if knowledge.snapshot else "no snapshot is published",
            "dialogue": "ok" if await dialogue.ready() else "loading or down: answers come from retrieval alone",
        }
        works = store and knowledge.snapshot > 0
        return JSONResponse({"status": "ready" if works else "not ready", **parts}, 200 if works else 503)

    return router


def _reachable(database: Database) -> bool:
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
