"""The poster of short codes: what staff print and put up, from the procedures that are live now."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web.embedding import page_headers
from voice.line import Telephone

_HERE = Path(__file__).with_name("poster_files")
_TEMPLATES = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def poster_router(phone: Telephone, base_url: str) -> APIRouter:
    """`/call/poster`, a page made for paper: each group of the keypad with its short codes."""
    router = APIRouter(prefix="/call")

    @router.get("/poster", response_class=HTMLResponse)
    def poster() -> HTMLResponse:
        groups = [
            (number, group.title, [(code, title) for code, _, title in group.entries if code])
            for number, group in enumerate(phone.book().groups, start=1)
        ]
        page = _TEMPLATES.get_template("poster.html").render(
            province=phone.profile.name, hotline=phone.profile.hotline, groups=groups
        )
        return HTMLResponse(page, headers=page_headers(base_url))

    @router.get("/poster.css")
    def style() -> FileResponse:
        return FileResponse(_HERE / "poster.css", headers={"X-Content-Type-Options": "nosniff"})

    return router
