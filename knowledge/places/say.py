"""Says where a place belongs today, or asks once where exactly it is."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.places.find import Place
from knowledge.places.gazetteer import Gazetteer, Reading
from knowledge.places.tables import Commune
from knowledge.vocabulary import Button
from knowledge.wording import words

MAX_CHOICES = 3
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a place. commune: where it is today, when that is certain; otherwise `text` is a question."""

    text: str
    commune: Commune | None = None
    buttons: tuple[Button, ...] = ()


def lower(name: str) -> str:
    """A name inside a sentence: ``Xã An Cư`` -> ``xã An Cư``."""
    return name[:1].lower() + name[1:]


def say(place: Place, gazetteer: Gazetteer) -> Said:
    """Where `place` is today, or the question that settles it, with at most three choices."""
    today = sorted((gazetteer.communes[code] for code in place.today), key=lambda c: (c.province, c.name))
    if len(today) == 1:
        return Said(_settled(place, today[0]), today[0])
    if len(today) <= MAX_CHOICES:
        text = words()["whereabouts"]["split"].format(said=_called(place), communes=_listed(today))
        return Said(text, buttons=tuple(_button(f"{c.name}, {c.province}", "mới") for c in today))
    units = {_described(reading): reading for reading in place.readings if reading.level == "unit"}
    if len(units) == len(place.readings) > 1:
        return _several(place, units)
    return Said(_wide(place, today))


def _settled(place: Place, commune: Commune) -> str:
    w = words()["whereabouts"]
    former = next((r for r in place.readings if r.former), None)
    now = {"commune": lower(commune.name), "province": lower(commune.province)}
    if former is None or (former.name, former.province) == (commune.name.split(" ", 1)[-1], commune.province):
        return str(w["is"].format(name=commune.name, **now))
    upper = ", ".join(lower(part) for part in (former.district, former.province) if part)
    return str(w["now"].format(said=_capital(former), upper=upper, **now))


def _called(place: Place) -> str:
    """The place by its proper name if there is but one, otherwise as it was said."""
    names = {_capital(reading) for reading in place.readings} if len(place.readings) > 1 else set()
    full = names or {_described(reading) for reading in place.readings}
    return full.pop() if len(full) == 1 else place.said[:1].upper() + place.said[1:]


def _capital(reading: Reading) -> str:
    full = f"{reading.kind} {reading.name}".strip()
    return full[:1].upper() + full[1:]


def _described(reading: Reading) -> str:
    return ", ".join(part for part in (_capital(reading), reading.district, reading.province) if part)


def _several(place: Place, units: dict[str, Reading]) -> Said:
    w = words()["whereabouts"]
    offered = units if len(units) <= MAX_CHOICES else {}
    buttons = tuple(_button(text, "cũ" if reading.former else "mới") for text, reading in offered.items())
    provinces = sorted({lower(reading.province) for reading in units.values()})
    text = w["several"].format(said=_called(place), count=len(units))
    return Said(text if buttons or len(provinces) > _LISTED else f"{text} ({', '.join(provinces)})", buttons=buttons)


def _wide(place: Place, today: list[Commune]) -> str:
    w = words()["whereabouts"]
    if len(today) <= _LISTED:
        return str(w["split"].format(said=_called(place), communes=_listed(today)))
    provinces = sorted({lower(commune.province) for commune in today})
    if len(provinces) > MAX_CHOICES:
        return str(w["several"].format(said=_called(place), count=len(place.readings)))
    key = "wide" if all(reading.former for reading in place.readings) else "wide_now"
    return str(w[key].format(said=_called(place), provinces=" và ".join(provinces), count=len(today)))


def _listed(today: list[Commune]) -> str:
    provinces = {commune.province for commune in today}
    if len(provinces) > 1:
        return "; ".join(f"{lower(c.name)}, {lower(c.province)}" for c in today)
    return f"{', '.join(lower(c.name) for c in today)} ({lower(today[0].province)})"


def _button(title: str, tense: str) -> Button:
    return Button(title, f"{title} ({tense})")
