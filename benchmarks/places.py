"""Old places against a source that the tables were not made from: every row of `vietnam_address_converter`.

Each former unit is said with its district and province, as written and without diacritics. Right is one commune where
the source has one, and a question that offers all of them where it has several; a wrong answer is counted apart from a
question that was not needed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from vietnam_address_converter.data import DEFAULT_DATA

from knowledge.places.find import Finder
from knowledge.places.gazetteer import Gazetteer, parted
from knowledge.places.spelling import key
from knowledge.text import deaccent

Unit = tuple[str, str, str]
Target = tuple[str, str]


def mergers() -> dict[Unit, set[Target]]:
    """(unit, district, province) of before 1/7/2025 and the keys of province and commune of today, by the source."""
    found: dict[Unit, set[Target]] = defaultdict(set)
    for row in DEFAULT_DATA["mapping"]["rows"]:
        old, new = row["old"], row["new"]
        unit = (old["ward_name"], old["district_name"], old["province_name"])
        found[unit].add((key(parted(new["province_name"])[1]), key(parted(new["ward_name"])[1])))
    return found


def judge(finder: Finder, said: str, expected: set[Target]) -> str:
    """``right``, ``asked needlessly``, ``wrong`` or ``unknown``: what comes of `said`."""
    place = finder.find(said)
    if place is None:
        return "unknown"
    communes = (finder.gazetteer.communes[code] for code in place.today)
    got = {(key(parted(c.province)[1]), key(parted(c.name)[1])) for c in communes}
    if got == expected or (len(expected) > 1 and expected <= got):
        return "right"
    return "asked needlessly" if expected < got else "wrong"


def sentence(unit: Unit) -> str:
    """A former unit as a citizen names it in full."""
    name, district, province = unit
    return f"tôi ở {name}, {district}, {province}" if name else f"tôi ở {district}, {province}"


def run(every: int = 1) -> dict[str, Any]:
    """Shares over all former units, or over each `every`-th."""
    finder = Finder(Gazetteer())
    ways: dict[str, Callable[[str], str]] = {"as written": str, "without diacritics": deaccent}
    units = sorted(mergers().items())[::every]
    figures: dict[str, Any] = {
        "former units": len(units),
        "split, by the source": sum(len(expected) > 1 for _, expected in units),
    }
    for name, written in ways.items():
        counts = Counter(judge(finder, written(sentence(unit)), expected) for unit, expected in units)
        figures[name] = {outcome: round(count / len(units), 4) for outcome, count in counts.most_common()}
    return figures
