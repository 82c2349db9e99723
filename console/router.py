"""The console as one router: every page under `/console`, and the two files that pages load."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from bot.problems import Problem
from console.account_pages import account_router, totp_router
from console.audit_pages import audit_router
from console.desk_pages import desk_router
from console.edit_pages import edit_router
from console.entry_pages import entry_router
from console.invitations import first_admin_link
from console.learning_pages import learning_router
from console.names_pages import names_router
from console.notice_pages import notice_router
from console.number_pages import number_router
from console.open_data import open_data_router
from console.pages import Console
from console.parked_pages import parked_router
from console.photo_pages import photo_router
from console.publish_pages import publish_router
from console.recording_pages import recording_router
from console.reply_pages import reply_router
from console.review_pages import review_router
from console.settings_pages import settings_router
from console.sign_in_pages import sign_in_router
from console.sso_pages import sso_router
from console.subject_pages import subject_router
from console.ticket_pages import ticket_router
from console.unanswered_pages import unanswered_router
from console.upload_pages import upload_router
from console.user_pages import user_router

__all__ = ["console_router", "welcome"]

_FILES = {path.name: path for path in Path(__file__).with_name("static").iterdir()}
PARTS = (
    sign_in_router, account_router, totp_router, desk_router, ticket_router, recording_router, photo_router,
    reply_router, upload_router, names_router, review_router, edit_router, entry_router, publish_router,
    unanswered_router, learning_router, number_router, open_data_router, notice_router, user_router, audit_router,
    settings_router, subject_router, sso_router, parked_router,
)  # fmt: skip


def console_router(console: Console) -> APIRouter:
    """All pages for staff."""
    router = APIRouter(include_in_schema=False)
    for part in PARTS:
        router.include_router(part(console))

    @router.get("/console/static/{name}")
    async def static(name: str) -> FileResponse:
        """A style sheet or script of the console."""
        if name not in _FILES:
            raise Problem(404)
        headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
        return FileResponse(_FILES[name], headers=headers)

    return router


def welcome(console: Console) -> None:
    """Print, to the terminal only, the one-time link for the first administrator while there is no account."""
    link = first_admin_link(console.database, console.base_url)
    if link is not None:
        print(f"Tạo người quản trị đầu tiên (dùng một lần, trong 24 giờ): {link}", flush=True)
