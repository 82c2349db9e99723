"""The dialogue server: one call that hands it a masked message and brings back what it decided.

DialogueError
├── DialogueUnavailable   nobody listens, it is too slow, or it failed
└── EmptyReply            it answered with no words, as Rasa does when an action fails
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import aiohttp

CONNECT_SECONDS = 0.5
MOST_CONNECTIONS = 64
KEEP_ALIVE_SECONDS = 4.0
"""Shorter than the five seconds after which Sanic closes a connection nobody uses."""


class DialogueError(Exception):
    """The dialogue server gave no usable reply."""


class DialogueUnavailable(DialogueError):
    """Nobody listens, it is too slow, or it failed."""


class EmptyReply(DialogueError):
    """It answered with no words, as Rasa does when an action fails."""


class RasaClient:
    """Rasa's REST channel on loopback.

    base_url: e.g. ``http://127.0.0.1:5005``. token: of the HTTP interface, for the tracker. timeout: seconds a reply
    may take before the gateway answers by itself. Used in one event loop.
    """

    def __init__(self, base_url: str, token: str, timeout: float = 6.0) -> None:
        self._base_url, self._token, self._timeout = base_url, token, timeout
        self._opened: aiohttp.ClientSession | None = None

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                self._base_url,
                timeout=aiohttp.ClientTimeout(total=self._timeout, sock_connect=CONNECT_SECONDS),
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS),
            )
        return self._opened

    async def send(self, sender: str, message: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """What the dialogue decided: the `custom` payloads of its actions, in order.

        Raises `DialogueUnavailable` or `EmptyReply`.
        """
        body = {"sender": sender, "message": message, "metadata": metadata}
        try:
            async with self._http.post("/webhooks/rest/webhook", json=body, raise_for_status=True) as response:
                replies = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise DialogueUnavailable(type(error).__name__) from error
        payloads = [reply["custom"] for reply in replies if "custom" in reply]
        if not payloads:
            raise EmptyReply
        return payloads

    async def ready(self) -> bool:
        """Whether the dialogue server answers and has a model."""
        try:
            async with self._http.get("/status", params={"token": self._token}) as response:
                return response.status == HTTPStatus.OK
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def forget(self, sender: str) -> None:
        """Start the tracker of a conversation afresh; nothing happens when Rasa is down."""
        path = f"/conversations/{sender}/tracker/events"
        try:
            async with self._http.post(path, params={"token": self._token}, json={"event": "restart"}):
                return
        except (aiohttp.ClientError, TimeoutError):
            return

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()
