"""`/call`: a telephone in the browser, over the same webhooks that a carrier calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field

from bot.channels.web.embedding import page_headers
from bot.client_address import client_address
from bot.limits import Limit, RateLimiter
from bot.problems import Problem
from voice.media.espeak import SynthesisError
from voice.simulator.desk import CallDesk, CallGoneError

_PAGE = Path(__file__).with_name("page")
_ASSETS = {path.name: path for path in _PAGE.iterdir() if path.suffix in (".js", ".css")}
_TEMPLATES = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
NEW_CALLS = Limit(60, 60)
MOST_SOUND = 16 * 8000 * 2


class Act(BaseModel):
    """What the caller did; exactly one of the acts."""

    model_config = ConfigDict(extra="forbid")

    call: Annotated[str, Field(max_length=64)]
    press: Annotated[str, Field(pattern=r"^[0-9*#]{1,40}$")] | None = None
    say: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    silence: bool | None = None
    person: Annotated[str, Field(pattern=r"^(completed|busy|no-answer)$")] | None = None
    wait: Annotated[int, Field(ge=1, le=600)] | None = None
    picked_up: bool | None = None
    record: Annotated[int, Field(ge=0, le=120)] | None = None
    hang_up: bool | None = None


class CallPage:
    """The page and its calls. province: its name. base_url: the public address."""

    def __init__(self, desk: CallDesk, limiter: RateLimiter, province: str, base_url: str) -> None:
        self._desk, self._limiter, self._province, self._base_url = desk, limiter, province, base_url
        self.router = APIRouter(prefix="/call")
        self.router.add_api_route("", self.page, methods=["GET"], response_class=HTMLResponse)
        self.router.add_api_route("/assets/{name}", self.asset, methods=["GET"])
        self.router.add_api_route("/begin", self.begin, methods=["POST"])
        self.router.add_api_route("/act", self.act, methods=["POST"])
        self.router.add_api_route("/hear", self.hear, methods=["POST"])
        self.router.add_api_route("/sound/{key}.wav", self.sound, methods=["GET"])

    async def page(self) -> HTMLResponse:
        """The telephone."""
        text = _TEMPLATES.get_template("call.html").render(province=self._province)
        return HTMLResponse(text, headers=page_headers(self._base_url))

    async def asset(self, name: str) -> FileResponse:
        """A script or style of the page."""
        if name not in _ASSETS:
            raise Problem(404)
        headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
        return FileResponse(_ASSETS[name], headers=headers)

    async def begin(self, request: Request) -> dict[str, Any]:
        """Place a call."""
        address = client_address(request)
        wait = await self._limiter.retry_after(f"call:{address}", NEW_CALLS)
        if wait:
            raise Problem(429, headers={"Retry-After": str(wait)})
        try:
            return await self._desk.start(address)
        except CallGoneError as error:
            raise Problem(503) from error

    async def act(self, done: Act) -> dict[str, Any]:
        """The caller did something."""
        step = done.model_dump(exclude={"call"}, exclude_none=True)
        if len(step) != 1:
            raise Problem(422)
        try:
            return await self._desk.act(done.call, step)
        except CallGoneError as error:
            raise Problem(404) from error

    async def hear(self, request: Request, call: Annotated[str, Query(max_length=64)]) -> dict[str, str]:
        """The words of what was said into the microphone: 16-bit samples at 8 kHz."""
        pcm = b""
        async for piece in request.stream():
            pcm += piece
            if len(pcm) > MOST_SOUND:
                raise Problem(413)
        if len(pcm) % 2:
            raise Problem(422)
        try:
            return {"text": await self._desk.hear(call, pcm)}
        except CallGoneError as error:
            raise Problem(404) from error

    async def sound(self, key: str) -> Response:
        """A sentence that a call has said, as sound."""
        try:
            wav = await self._desk.sound(key)
        except SynthesisError as error:
            raise Problem(503) from error
        if wav is None:
            raise Problem(404)
        return Response(wav, media_type="audio/wav", headers={"Cache-Control": "private, max-age=600"})
