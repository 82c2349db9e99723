"""`/`, `/widget.js` and what they need: the demo portal page of the province, and the one script tag for any portal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import segno
from fastapi import APIRouter, Header, Query, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web.embedding import page_headers
from bot.channels.web.widget import Script, widget_script
from bot.problems import Problem
from knowledge.province import Profile, say_hours

_HERE = Path(__file__).parent
_ASSETS = {path.name: path for path in (_HERE / "static" / "portal").iterdir()}
ENTRY_ID = r"^[A-Za-z0-9][A-Za-z0-9.\-]{1,63}$"
TOPICS = (
    ("Khai sinh cho con", "Làm giấy khai sinh cho con cần giấy tờ gì?"),
    ("Đăng ký kết hôn", "Đăng ký kết hôn cần giấy tờ gì?"),
    ("Đăng ký thường trú", "Đăng ký thường trú cần giấy tờ gì?"),
    ("Sang tên sổ đỏ", "Sang tên sổ đỏ cần những giấy tờ gì?"),
    ("Mở hộ kinh doanh", "Đăng ký hộ kinh doanh mất bao nhiêu tiền?"),
    ("Hồ sơ của tôi đến đâu", "Tôi muốn tra cứu hồ sơ đã nộp"),
)
_HOUR = "public, max-age=3600"


def page_router(profile: Profile, base_url: str) -> APIRouter:
    """The pages for a province. base_url: the public address, without a slash at the end."""
    router = APIRouter()
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made: dict[int, Script] = {}

    def script_in_force() -> Script:
        if profile.changes not in made:
            made.clear()
            made[profile.changes] = widget_script(profile)
        return made[profile.changes]

    @router.get("/", response_class=HTMLResponse)
    async def portal(entry: Annotated[str | None, Query(pattern=ENTRY_ID)] = None) -> HTMLResponse:
        """The demo portal with the chat open in it; `entry` is asked about at once, as a printed code does."""
        page = templates.get_template("portal.html")
        text = page.render(province=profile, hours=say_hours(profile), entry=entry, topics=TOPICS)
        return HTMLResponse(text, headers=page_headers(base_url))

    @router.get("/widget.js")
    async def widget(
        accept_encoding: Annotated[str, Header()] = "", if_none_match: Annotated[str, Header()] = ""
    ) -> Response:
        """The chat, for a script tag on any portal."""
        script = script_in_force()
        headers = {
            "Cache-Control": "public, max-age=60, stale-while-revalidate=86400",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "ETag": script.tag,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if script.tag in if_none_match:
            return Response(status_code=304, headers=headers)
        packed = "gzip" in accept_encoding
        headers |= {"Content-Encoding": "gzip"} if packed else {}
        return Response(script.packed if packed else script.plain, headers=headers, media_type="text/javascript")

    @router.get("/assets/{name}")
    async def asset(name: str) -> FileResponse:
        """A file of the demo portal."""
        if name not in _ASSETS:
            raise Problem(404)
        return FileResponse(_ASSETS[name], headers={"Cache-Control": _HOUR, "X-Content-Type-Options": "nosniff"})

    @router.get("/api/chat/links/{entry}")
    async def link(entry: Annotated[str, InPath(pattern=ENTRY_ID)]) -> JSONResponse:
        """The address that opens the chat at an entry, and its QR code as an SVG path with one unit a module."""
        url = f"{base_url}/?entry={entry}"
        return JSONResponse({"url": url, **qr_path(url)}, headers={"Cache-Control": _HOUR})

    return router


def qr_path(text: str) -> dict[str, int | str]:
    """A QR code with quiet zone: `size` in modules, and the `path` of its dark modules."""
    code = segno.make_qr(text, error="m")
    rows = [list(row) for row in code.matrix_iter(border=4)]
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return {"size": len(rows), "path": "".join(dark)}
