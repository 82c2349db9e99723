"""The dialogue server: one call that hands it a masked message and brings back what it decided.

DialogueError
├── DialogueUnavailable   nobody listens, it is too slow, or it failed
└── EmptyReply            it answered with no words, as Rasa does when an action fails
"""

from __future__ import annotations

from typing import Any

import httpx


class DialogueError(Exception):
    """The dialogue server gave no usable reply."""


class DialogueUnavailable(DialogueError):
    """Nobody listens, it is too slow, or it failed."""


class EmptyReply(DialogueError):
    """It answered with no words, as Rasa does when an action fails."""


class RasaClient:
    """Rasa's REST channel on loopback.

    base_url: e.g. ``http://127.0.0.1:5005``. token: of the HTTP interface, for the tracker. timeout: seconds a reply
    may take before the gateway answers by itself.
    """

    def __init__(self, base_url: str, token: str, timeout: float = 6.0) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
        self._http = httpx.AsyncClient(base_url=base_url, timeout=httpx.Timeout(timeout, connect=0.5), limits=limits)
        self._token = token

    async def send(self, sender: str, message: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """What the dialogue decided: the `custom` payloads of its actions, in order.

        Raises `DialogueUnavailable` or `EmptyReply`.
        """
        body = {"sender": sender, "message": message, "metadata": metadata}
        try:
            response = await self._http.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            replies = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DialogueUnavailable(type(error).__name__) from error
        payloads = [reply["custom"] for reply in replies if "custom" in reply]
        if not payloads:
            raise EmptyReply
        return payloads

    async def ready(self) -> bool:
        """Whether the dialogue server answers and has a model."""
        try:
            response = await self._http.get("/status", params={"token": self._token})
        except httpx.HTTPError:
            return False
        return response.status_code == 200

    async def forget(self, sender: str) -> None:
        """Start the tracker of a conversation afresh; nothing happens when Rasa is down."""
        path = f"/conversations/{sender}/tracker/events"
        try:
            await self._http.post(path, params={"token": self._token}, json={"event": "restart"})
        except httpx.HTTPError:
            return

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
