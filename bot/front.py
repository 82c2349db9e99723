"""Stands before every public route: refuses what is too long, too slow or too much, and completes the headers.

Plain ASGI, so that streamed answers stay streamed. It is inside CORS: a portal's page can read a refusal too.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.problems import response

log = structlog.get_logger()
BODY_SECONDS = 15.0
# The longest bodies, by the beginning of the path: 500 dossiers, forms of the console, photographs of a complaint,
# everything else.
BODY_BYTES = (
    ("/api/integration/", 4 << 20),
    ("/console", 4 << 20),
    ("/api/chat/complaints/", 10_000_000),
    ("", 256 << 10),
)
# Chat messages answered at once; more would wait longer than anybody does, so they are told to come back.
CHAT_AT_ONCE = 96
RETRY_SECONDS = 3
_CHAT = "/api/chat/messages"


class BodyTooLong(HTTPException):
    """More bytes came than this route takes."""

    def __init__(self) -> None:
        super().__init__(413)


class BodyTooSlow(HTTPException):
    """The body did not come in time."""

    def __init__(self) -> None:
        super().__init__(408)


def guard(app: FastAPI, base_url: str) -> None:
    """Put the guard before all routes of `app`. base_url: the public address; https asks browsers to stay with it."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
    if base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    app.add_middleware(Front, headers=headers)


@dataclass(slots=True)
class _Exchange:
    """One request as far as it has come."""

    scope: Scope
    receive: Receive
    send: Send
    headers: dict[str, str]
    most_bytes: int
    until: float
    bytes: int = 0
    complete: bool = False
    status: int = 0

    async def hear(self) -> Message:
        """The next piece of the body. Raises BodyTooLong or BodyTooSlow."""
        if self.complete:
            return await self.receive()
        try:
            async with asyncio.timeout_at(self.until):
                message = await self.receive()
        except TimeoutError:
            raise BodyTooSlow from None
        self.bytes += len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        if self.bytes > self.most_bytes:
            raise BodyTooLong
        return message

    async def say(self, message: Message) -> None:
        """A piece of the answer; its headers are completed."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            sent = MutableHeaders(scope=message)
            for name, value in self.headers.items():
                sent.setdefault(name, value)
        await self.send(message)


class Front:
    """headers: put on every answer that lacks them."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app, self._headers = app, headers
        self._chats = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass a WebSocket on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        until = asyncio.get_running_loop().time() + BODY_SECONDS
        exchange = _Exchange(scope, receive, send, self._headers, _most_bytes(scope["path"]), until)
        try:
            await self._admit(exchange)
        finally:
            metrics.http(scope, exchange.status, time.perf_counter() - started)

    async def _admit(self, exchange: _Exchange) -> None:
        scope = exchange.scope
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > exchange.most_bytes:
            await response(413, headers={"Connection": "close"})(scope, exchange.receive, exchange.say)
        elif scope["path"] != _CHAT:
            await self._serve(exchange)
        elif self._chats >= CHAT_AT_ONCE:
            metrics.SHED.labels("chat").inc()
            busy = response(503, headers={"Retry-After": str(RETRY_SECONDS)})
            await busy(scope, exchange.receive, exchange.say)
        else:
            self._chats += 1
            try:
                await self._serve(exchange)
            finally:
                self._chats -= 1

    async def _serve(self, exchange: _Exchange) -> None:
        try:
            await self._app(exchange.scope, exchange.hear, exchange.say)
        except Exception as error:
            log.exception("unexpected", path=exchange.scope["path"], error=type(error).__name__)
            if exchange.status:
                raise
            await response(500)(exchange.scope, exchange.receive, exchange.say)


def _most_bytes(path: str) -> int:
    return next(most for start, most in BODY_BYTES if path.startswith(start))
