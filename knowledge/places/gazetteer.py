"""Every name of a place, of today and of before 1/7/2025, and what it can mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from knowledge.places.spelling import as_digit, key
from knowledge.places.tables import Commune, communes, former_units
from knowledge.text_file import read_yaml

Level = Literal["unit", "district", "province"]
TYPES: dict[str, Level] = {
    "xã": "unit",
    "phường": "unit",
    "thị trấn": "unit",
    "đặc khu": "unit",
    "quận": "district",
    "huyện": "district",
    "thị xã": "district",
    "thành phố": "district",
    "tỉnh": "province",
}


Upper = tuple[Level, str]


@dataclass(frozen=True)
class Reading:
    """One thing a name can mean.

    name, kind: ``Tân Hòa``, ``xã``. above: level and key of the districts and provinces it lay and lies in.
    today: codes of the communes it is in now. former: whether it no longer exists as such. district, province: as they
    were called; empty where there is none.
    """

    level: Level
    kind: str
    name: str
    above: frozenset[Upper]
    today: frozenset[str]
    former: bool
    district: str = ""
    province: str = ""


def parted(full: str) -> tuple[str, str]:
    """The type in lower case and the name: ``Thị xã Tân Châu`` -> (``thị xã``, ``Tân Châu``)."""
    lower = full.lower()
    kind = next((t for t in TYPES if lower.startswith(f"{t} ")), "")
    return kind, full[len(kind) :].strip()


@lru_cache(maxsize=4096)
def _upper(level: Level, full: str) -> Upper:
    return level, key(parted(full)[1])


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    loaded = read_yaml(Path(__file__).with_name("words.yml"))
    return {alias: name for name, aliases in loaded["aliases"].items() for alias in aliases}


class Gazetteer:
    """The names there are. further: communes that no table has, such as those of a fictional province."""

    def __init__(self, further: Iterable[Commune] = ()) -> None:
        self.communes = communes() | {commune.code: commune for commune in further}
        self._names: dict[str, list[Reading]] = defaultdict(list)
        self._read()

    def __getitem__(self, name_key: str) -> list[Reading]:
        return self._names.get(name_key, [])

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest name."""
        return max(len(r.name.split()) for readings in self._names.values() for r in readings) + 1

    def _read(self) -> None:
        above = {c.code: {_upper("province", c.province)} for c in self.communes.values()}
        districts: dict[tuple[str, str], set[str]] = defaultdict(set)
        provinces: dict[str, set[str]] = defaultdict(set)
        for unit in former_units():
            upper = {_upper("district", unit.district), _upper("province", unit.province)}
            today = {_upper("province", self.communes[code].province) for code in unit.today}
            for code in unit.today:
                above[code] |= upper
            districts[unit.district, unit.province].update(unit.today)
            provinces[unit.province].update(unit.today)
            if unit.name:
                self._add("unit", unit.name, upper | today, unit.today, True, unit.district, unit.province)
        for (district, province), codes in districts.items():
            upper = {_upper("province", self.communes[code].province) for code in codes}
            self._add("district", district, upper | {_upper("province", province)}, codes, True, "", province)
        for commune in self.communes.values():
            self._add("unit", commune.name, above[commune.code], (commune.code,), False, "", commune.province)
        self._add_provinces(provinces)
        for alias, names in _aliases().items():
            kind, name = parted(alias)
            for reading in [r for r in self._names[key(names)] if r.level != "unit"]:
                self._names[key(name)].append(replace(reading, kind=kind or reading.kind))

    def _add_provinces(self, former: dict[str, set[str]]) -> None:
        present: dict[str, set[str]] = defaultdict(set)
        for commune in self.communes.values():
            present[commune.province].add(commune.code)
        for province, codes in present.items():
            self._add("province", province, (), codes, False)
        for province, codes in former.items():
            if province not in present:
                self._add("province", province, (), codes, True)

    def _add(
        self, level: Level, full: str, above: Iterable[Upper], today: Iterable[str], former: bool, *upper: str
    ) -> None:
        kind, name = parted(full)
        name = as_digit(name) if kind == "phường" else name
        self._names[key(name)].append(Reading(level, kind, name, frozenset(above), frozenset(today), former, *upper))
