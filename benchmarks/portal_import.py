"""How well the importer reads the portal's flattened tables, against labels made by hand.

``run(path)`` needs the portal export, which is not part of the repository: ``PORTAL_EXPORT`` says where it lies. The
labels (codes and values only) are in tests/knowledge.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from knowledge.sources.files import read_rows
from knowledge.sources.legal_numbers import legal_numbers
from knowledge.sources.portal_channels import ChannelRow, channel_rows
from knowledge.sources.portal_papers import PaperRow, paper_table

LABELS = Path(__file__).parents[1] / "tests" / "knowledge"
SETS = ("dev", "heldout")


def run(path: Path | None = None) -> dict[str, dict[str, float]]:
    """Accuracy of time and fee, F1 of papers and legal basis, for each labelled set.

    path: the portal export (JSONL, CSV or XLSX; gzip allowed); by default the file that `PORTAL_EXPORT` names.
    """
    path = path or Path(os.environ["PORTAL_EXPORT"])
    records = {row.values["ma_thu_tuc"]: row.values for row in read_rows(path)}
    return {name: score(records, name) for name in SETS}


def score(records: dict[str, dict[str, str]], name: str, *, verbose: bool = False) -> dict[str, float]:
    """The figures of one labelled set over `records` by code; verbose prints what differs."""
    labels: dict[str, Any] = yaml.safe_load((LABELS / f"portal_labels_{name}.yml").read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    for code, label in labels.items():
        record = records[code]
        parts = (
            ("time", *_channels(record, label, "time")),
            ("fee", *_channels(record, label, "fee")),
            ("papers", *_papers(record, label)),
            ("law", Counter(legal_numbers(record["can_cu_phap_ly"])), Counter(label["law"])),
        )
        for part, found, wanted in parts:
            counts[f"{part} hit"] += (found & wanted).total()
            counts[f"{part} found"] += found.total()
            counts[f"{part} wanted"] += wanted.total()
            if verbose and found != wanted:
                print(code, part, "extra", list(found - wanted), "missed", list(wanted - found))
    return {
        "records": float(len(labels)),
        "time accuracy": counts["time hit"] / max(counts["time wanted"], counts["time found"]),
        "fee accuracy": counts["fee hit"] / max(counts["fee wanted"], counts["fee found"]),
        "papers f1": _f1(counts, "papers"),
        "law f1": _f1(counts, "law"),
    }


def _f1(counts: Counter[str], part: str) -> float:
    return 2 * counts[f"{part} hit"] / (counts[f"{part} found"] + counts[f"{part} wanted"])


def _channels(record: dict[str, str], label: dict[str, Any], part: str) -> tuple[Counter[Any], Counter[Any]]:
    said = _time if part == "time" else _fee
    rows = channel_rows(record["cach_thuc_thuc_hien"])
    return (
        Counter((row.channel, said(row)) for row in rows),
        Counter((item["by"], item[part]) for item in label["channels"]),
    )


def _time(row: ChannelRow) -> str:
    if row.unclear:
        return "unclear"
    return f"{row.time:g} {row.unit or '?'}" if row.time else "none"


def _fee(row: ChannelRow) -> int | str:
    if row.unclear:
        return "unclear"
    if row.fee is None:
        return "none"
    if row.currency:
        return f"{row.fee:g} {row.currency}"
    return int(row.fee) or "zero"


def _papers(record: dict[str, str], label: dict[str, Any]) -> tuple[Counter[Any], Counter[Any]]:
    """A found paper counts under the first label that its name starts with and whose numbers it has."""
    wanted = Counter((_key(p["key"]), p["originals"], p["copies"]) for p in label["papers"])
    found = Counter(_named(paper, wanted) for paper in paper_table(record["thanh_phan_ho_so"]).papers)
    return found, wanted


def _named(paper: PaperRow, wanted: Counter[Any]) -> tuple[str, int, int]:
    name = _key(paper.name)
    for key, originals, copies in wanted:
        if name.startswith(key) and (originals, copies) == (paper.originals, paper.copies):
            return key, originals, copies
    return name, paper.originals, paper.copies


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).lower().split())
