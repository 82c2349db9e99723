"""What the channel answers by itself, without the dialogue: a greeting, a place, a picture it does not read."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.channels.zalo.events import Event
from bot.messages import Button, Message
from knowledge.province import Office, Profile
from knowledge.text_file import read_yaml

NEAR_KM = 30.0
_EARTH_KM = 6371.0


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """The sentences of `texts.yml`."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("texts.yml"))
    return loaded


def direct_answer(event: Event, profile: Profile) -> Message:
    """The message that answers an event which is not text."""
    if event.kind == "follow":
        return Message(texts()["greeting"].format(province=profile.name, hotline=profile.hotline))
    if event.kind == "unread":
        return Message(texts()["unread"], buttons=(Button("Gặp cán bộ", "/human"),))
    office = nearest(profile.communes, event.place) if event.place else None
    if office is None:
        return Message(texts()["where"])
    said = texts()["office"].format(name=office.name, address=office.address)
    return Message(said if office.map_url is None else f"{said}\n{office.map_url}", buttons=(_HOURS,))


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
