"""What the channel answers by itself, without the dialogue: a greeting, a place, a picture it does not read."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.channels.zalo.events import Event
from bot.messages import Button, Message
from knowledge.answer import Answer
from knowledge.province import Office, Profile
from knowledge.text_file import read_yaml

NEAR_KM = 30.0
_EARTH_KM = 6371.0


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """The sentences of `texts.yml`."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("texts.yml"))
    return loaded


def direct_answer(event: Event, profile: Profile) -> Answer:
    """What answers an event which is not text. A place is remembered by its commune, as if that had been named."""
    if event.kind == "follow":
        return _answered(Message(texts()["greeting"].format(province=profile.name, hotline=profile.hotline)))
    if event.kind == "unread":
        return _answered(Message(texts()["unread"], buttons=(Button("Gặp cán bộ", "/human"),)))
    office = nearest(profile.communes, event.place) if event.place else None
    if office is None:
        return Answer("answered", (Message(texts()["where"]),), place_asked=True)
    said = texts()["office"].format(name=office.name, address=office.address)
    message = Message(said if office.map_url is None else f"{said}\n{office.map_url}", buttons=(_HOURS,))
    return Answer("answered", (message,), place=office.commune or "")


def _answered(message: Message) -> Answer:
    return Answer("answered", (message,))


_HOURS = Button("Giờ làm việc", "/hours")


def nearest(offices: tuple[Office, ...], place: tuple[float, float]) -> Office | None:
    """The office nearest to a place, of those whose own place is known and within `NEAR_KM` as the crow flies."""
    known = [(_kilometres(office.location, place), office) for office in offices if office.location]
    distance, office = min(known, key=lambda pair: pair[0], default=(math.inf, None))
    return office if distance <= NEAR_KM else None


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance by the haversine formula."""
    (lat, lon), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))
