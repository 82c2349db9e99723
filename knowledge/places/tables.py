"""Today's communes and wards, and the units there were before 1/7/2025 with what they became."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

COMMUNES = Path(__file__).with_name("communes.tsv")
FORMER = Path(__file__).with_name("former.tsv")
CHECKED_ON = date(2026, 11, 22)
"""The day both tables were compared with a second package and the list of 2025 (docs/decisions/0005-places.md)."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, ward or special zone of today. code: of the General Statistics Office; name, province: with type."""

    code: str
    name: str
    province: str


@dataclass(frozen=True, slots=True)
class Former:
    """A unit until 30/6/2025, with the codes of the communes that took it in; more than one when it was split.

    name: empty for a district that had no communes.
    """

    name: str
    district: str
    province: str
    today: tuple[str, ...]


@lru_cache(maxsize=1)
def communes() -> dict[str, Commune]:
    """Today's units by code."""
    return {code: Commune(code, name, province) for code, name, province in _rows(COMMUNES)}


@lru_cache(maxsize=1)
def former_units() -> tuple[Former, ...]:
    """All units of before 1/7/2025."""
    return tuple(Former(name, district, province, tuple(c.split())) for name, district, province, c in _rows(FORMER))


def _rows(file: Path) -> Iterator[list[str]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")
