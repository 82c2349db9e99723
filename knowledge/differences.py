"""Where an imported entry differs from a written one in figures a citizen relies on."""

from __future__ import annotations

from typing import Any

from knowledge.catalogue import NO_UNIT
from knowledge.entry import Procedure

Pair = tuple[Any, Any]


def differences(ours: Procedure, theirs: Procedure) -> dict[str, Pair]:
    """Fields in which both say something certain and not the same, with both values; names of `Procedure`'s fields.

    What the import does not know (no decision, an unclear fee) is no difference; wording is not compared.
    """
    pairs: dict[str, Pair] = {
        "official_title": (ours.official_title or ours.title, theirs.title),
        "decision": (ours.decision, theirs.decision),
        "time": (_time(ours), _time(theirs)),
        "fee": (_fee(ours), _fee(theirs)),
        "place": (_known(ours.place.level), _known(theirs.place.level)),
        "online": (_channels(ours), _channels(theirs)),
        "legal_basis": (_numbers(ours), _numbers(theirs)),
    }
    return {name: pair for name, pair in pairs.items() if None not in pair and _plain(pair[0]) != _plain(pair[1])}


def _plain(value: Any) -> Any:
    return value.casefold().rstrip(". ") if isinstance(value, str) else value


def _time(entry: Procedure) -> str | None:
    if entry.time.number is not None and entry.time.unit != "unknown":
        return f"{entry.time.number:g} {entry.time.unit}"
    rule = entry.time.rule
    return rule if entry.origin == "import" and rule and NO_UNIT not in rule else None


def _fee(entry: Procedure) -> str | None:
    if entry.fee.amount_vnd:
        return f"{entry.fee.amount_vnd} đồng"
    return entry.fee.rule if entry.origin == "import" and entry.fee.kind == "varies" else None


def _known(level: str) -> str | None:
    return None if level == "unknown" else level


def _channels(entry: Procedure) -> list[str] | None:
    return sorted(entry.online.channels) or None


def _numbers(entry: Procedure) -> list[str] | None:
    return sorted({document.number for document in entry.legal_basis}) or None
