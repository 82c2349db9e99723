"""The messages of a media stream, as the carrier documents them: JSON over a WebSocket, sound as µ-law in base 64."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

MOST_SOUND = 8000
_KEYS = "0123456789*#"
_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


class BadFrameError(ValueError):
    """A message that no carrier should send."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The socket is open; nothing is known of the call yet."""


@dataclass(frozen=True, slots=True)
class Started:
    """The stream of a call begins. parameters: those of its ``<Stream>``."""

    stream: str
    call: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sound:
    """What the caller's telephone sent: µ-law, 8 kHz."""

    mulaw: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """The caller pressed one key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Played:
    """A mark of ours was reached, or cleared away."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over: the caller hung up, or we ended it."""


Frame = Connected | Started | Sound | Key | Played | Stopped


def read_frame(text: str) -> Frame | None:
    """One message; None for an event that this version does not know. Raises `BadFrameError`."""
    try:
        message = json.loads(text)
        event = message["event"]
        reader = _READERS.get(event)
        return reader(message) if reader is not None else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFrameError(str(error)) from error


def _started(message: dict[str, Any]) -> Started:
    start = message["start"]
    form = start.get("mediaFormat", _FORMAT)
    if any(form.get(key, value) != value for key, value in _FORMAT.items()):
        raise BadFrameError("only µ-law at 8 kHz is understood")
    parameters = {str(key): str(value) for key, value in (start.get("customParameters") or {}).items()}
    stream, call = str(start["streamSid"]), str(start["callSid"])
    if not 0 < len(call) <= 64 or not 0 < len(stream) <= 64:
        raise BadFrameError("no usable call or stream id")
    return Started(stream, call, parameters)


def _sound(message: dict[str, Any]) -> Sound | None:
    media = message["media"]
    if media.get("track", "inbound") != "inbound":
        return None
    payload = media["payload"]
    if len(payload) > MOST_SOUND * 4 // 3 + 4:
        raise BadFrameError("more than a second of sound in one message")
    try:
        return Sound(base64.b64decode(payload, validate=True))
    except binascii.Error as error:
        raise BadFrameError(str(error)) from error


def _key(message: dict[str, Any]) -> Key:
    digit = message["dtmf"]["digit"]
    if len(digit) != 1 or digit not in _KEYS:
        raise BadFrameError("no such key")
    return Key(digit)


_READERS: dict[str, Any] = {
    "connected": lambda message: Connected(),
    "start": _started,
    "media": _sound,
    "dtmf": _key,
    "mark": lambda message: Played(str(message["mark"]["name"])),
    "stop": lambda message: Stopped(),
}


def media(stream: str, mulaw: bytes) -> str:
    """Sound for the caller."""
    return json.dumps({"event": "media", "streamSid": stream, "media": {"payload": base64.b64encode(mulaw).decode()}})


def mark(stream: str, name: str) -> str:
    """Asks to be told when everything sent before it was heard."""
    return json.dumps({"event": "mark", "streamSid": stream, "mark": {"name": name}})


def clear(stream: str) -> str:
    """Stops what is being played and forgets the rest."""
    return json.dumps({"event": "clear", "streamSid": stream})
