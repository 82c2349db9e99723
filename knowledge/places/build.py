"""Makes the two tables of this package: ``python -m knowledge.places.build vietnamadminunits-1.0.4-*.whl``.

The wheel (MIT) knows every unit of before 1/7/2025 with its district and what it became. It joined names without their
districts where two units of one province of today bear the same name, so that both seem split. A target that
`vietnam_address_converter` (Apache-2.0) gives to the namesake alone is dropped.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from vietnam_address_converter.data import DEFAULT_DATA

from knowledge.places.spelling import key
from knowledge.places.tables import COMMUNES, FORMER

Targets = dict[str, set[str]]
_TYPES = ("tinh", "thanhpho", "quan", "huien", "thixa")


def plain(name: str) -> str:
    """The key of a province or district without its type."""
    spelled = key(name)
    return next((spelled.removeprefix(t) for t in _TYPES if spelled.startswith(t)), spelled)


def targets_of(mapping: dict[str, Any], communes: dict[tuple[str, str], str]) -> Targets:
    """The codes of today's units for each former unit, by the wheel's own key."""
    targets: Targets = defaultdict(set)
    for province, units in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for unit, olds in units.items():
            for old in olds:
                targets[old].add(communes[province, unit])
    for province, olds in mapping["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, units in olds.items():
            targets[old] |= {communes[province, unit["newWardKey"]] for unit in units}
    return targets


def confirmed() -> set[tuple[str, str, str, str, str]]:
    """(old province, district, unit, province of today, unit of today) as the second package has them."""
    rows = DEFAULT_DATA["mapping"]["rows"]
    return {
        (
            plain(row["old"]["province_name"]),
            plain(row["old"]["district_name"]),
            key(row["old"]["ward_name"]),
            plain(row["new"]["province_name"]),
            key(row["new"]["ward_name"]),
        )
        for row in rows
    }


def read(wheel: Path) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Today's units, former units and the mapping of the wheel."""
    with ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        mapping = json.loads(archive.read("vietnamadminunits/data/converter_2025.json"))
        with sqlite3.connect(archive.extract("vietnamadminunits/data/dataset.db", folder)) as database:
            today = database.execute(
                "select provinceKey, wardKey, wardCode, ward, province from admin_units order by wardCode"
            ).fetchall()
            former = database.execute(
                "select provinceKey, districtKey, wardKey, ward, district, province from admin_units_legacy"
            ).fetchall()
    return today, former, mapping


def rows(today: list[Any], former: list[Any], targets: Targets) -> Iterator[tuple[str, str, str, str]]:
    """Unit, district, province and codes of each former unit, without targets that belong to a namesake."""
    names = {code: (plain(province), key(unit)) for _, _, code, unit, province in today}
    sure = confirmed()
    placed = {(unit, province, now) for _, _, unit, province, now in sure}
    for p, d, u, unit, district, province in former:
        codes = targets[f"{p}_{d}_{u or ''}"]
        old = (plain(province), plain(district or ""), key(unit or ""))
        kept = {c for c in codes if (*old, *names[c]) in sure or (old[2], *names[c]) not in placed} or codes
        yield unit or "", district, province, " ".join(sorted(kept))


def main(wheel: str) -> None:
    """Write both tables."""
    today, former, mapping = read(Path(wheel))
    communes = {(p, u): code for p, u, code, _, _ in today}
    targets = targets_of(mapping, communes)
    source = f"# {Path(wheel).name}, MIT; docs/decisions/0005-places.md\n"
    current = "".join(f"{code}\t{name}\t{province}\n" for _, _, code, name, province in today)
    COMMUNES.write_text(source + current, encoding="utf-8")
    old = "".join("\t".join(row) + "\n" for row in rows(today, former, targets))
    FORMER.write_text(source + old, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
