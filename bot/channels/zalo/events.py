"""Webhook events of an Official Account, read into the few kinds that we treat differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["text", "location", "unread", "follow", "other"]
MAX_CHARACTERS = 2000
_UNREAD = ("image", "link", "audio", "video", "sticker", "file", "gif", "business_card")
_KINDS: dict[str, Kind] = {
    "user_send_text": "text",
    "user_send_location": "location",
    "follow": "follow",
    **{f"user_send_{sort}": "unread" for sort in _UNREAD},
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event. kind `unread`: a picture, a sticker and the like, which we do not look at; `other`: only acknowledged.

    user: Zalo's id of the person. message_id: unique per message. at: when it happened, never in the future.
    place: latitude and longitude in degrees. picture: address of a picture, kept by Zalo.
    """

    name: str
    kind: Kind
    user: str
    message_id: str
    at: datetime
    text: str = ""
    place: tuple[float, float] | None = None
    picture: str | None = None


def read(raw: dict[str, Any], received: datetime) -> Event:
    """The event in a webhook body; one that lacks what its kind needs becomes `other`."""
    name = str(raw.get("event_name") or "")
    kind = _KINDS.get(name, "other")
    message = _mapping(raw.get("message"))
    user = _text(_mapping(raw.get("follower" if kind == "follow" else "sender")).get("id"))
    timestamp = _text(raw.get("timestamp"))
    message_id = _text(message.get("msg_id") or (f"follow:{timestamp}" if kind == "follow" else ""))
    text = _text(message.get("text"))[:MAX_CHARACTERS]
    place = _place(message) if kind == "location" else None
    usable = user and 0 < len(message_id) <= 128 and (kind != "text" or text.strip())
    at = _when(timestamp, received)
    picture = _picture(message) if name == "user_send_image" else None
    return Event(name, kind if usable else "other", user, message_id, at, text, place, picture)


def _when(timestamp: str, received: datetime) -> datetime:
    try:
        return min(datetime.fromtimestamp(int(timestamp) / 1000, UTC), received)
    except (ValueError, OverflowError, OSError):
        return received


def _place(message: dict[str, Any]) -> tuple[float, float] | None:
    for attachment in _list(message.get("attachments")):
        found = _mapping(_mapping(_mapping(attachment).get("payload")).get("coordinates"))
        try:
            latitude, longitude = float(found["latitude"]), float(found["longitude"])
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
    return None


def _picture(message: dict[str, Any]) -> str | None:
    found = (_mapping(_mapping(one).get("payload")).get("url") for one in _list(message.get("attachments")))
    return next((str(url) for url in found if url), None)


def _text(value: Any) -> str:
    """The value as text without NUL, which PostgreSQL keeps nowhere."""
    return str(value or "").replace("\x00", "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
