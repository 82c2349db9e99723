"""`GET /api/chat/notices`: what all citizens are told now, for the widget and for portals that show it themselves."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from store import notices
from store.engine import Database

SECONDS = 15


def announcement_router(database: Database) -> APIRouter:
    """The route; the answer may be kept for some seconds."""
    router = APIRouter()

    @router.get("/api/chat/notices")
    def told() -> JSONResponse:
        """The emergency and the notice in force, and why the assistant pauses; null for what there is none of."""
        with database.read() as session:
            rows = notices.in_force(session)
        kinds = ("banner", "notice", "pause")
        content = {kind: rows[kind].text if kind in rows else None for kind in kinds}
        return JSONResponse(content, headers={"Cache-Control": f"public, max-age={SECONDS}"})

    return router
