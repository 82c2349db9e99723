"""Where an imported entry differs from a written one in facts a citizen relies on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from knowledge.catalogue import NO_UNIT
from knowledge.entry import Duration, Fee, Procedure
from knowledge.lint.facts import amounts, plain

Pair = tuple[Any, Any]

LIKE = 0.5
"""From which share of the shorter name's words on two names may be of one paper."""
_PRICED = ("fixed", "varies")
_FEES = {"free": "miễn phí", "province": "do tỉnh quy định", "unknown": "chưa rõ"}
_SPAN = re.compile(r"(\d+) (?:giờ|buổi|ngày|tháng|năm)")


def differences(ours: Procedure, theirs: Procedure) -> dict[str, Pair]:
    """Fields in which the import says something certain and not the same, with both values; names of `Procedure`'s.

    What the import does not know (no decision, an unclear fee) is no difference, nor is a sum or a time that our rule
    names too. Wording is not compared; of papers, their count and the names that no paper of the other side is like.
    """
    pairs: dict[str, Pair] = {
        "official_title": (ours.official_title or ours.title, theirs.title),
        "decision": (ours.decision, theirs.decision),
        "time": _times(ours.time, theirs.time),
        "fee": _fees(ours.fee, theirs.fee),
        "place": (_known(ours.place.level), _known(theirs.place.level)),
        "online": (_channels(ours), _channels(theirs)),
        "legal_basis": (_numbers(ours), _numbers(theirs)),
        "documents": _papers(ours, theirs),
    }
    return {name: pair for name, pair in pairs.items() if None not in pair and _plain(pair[0]) != _plain(pair[1])}


def _plain(value: Any) -> Any:
    return value.casefold().rstrip(". ") if isinstance(value, str) else value


def _times(ours: Duration, theirs: Duration) -> Pair:
    """Both times as said; nothing on our side when its rule names all of theirs."""
    said, told = _span(ours) or ours.rule, _span(theirs)
    if told is None and theirs.rule and NO_UNIT not in theirs.rule:
        told = theirs.rule
    named = {f"{ours.number:g}"} if ours.number else set()
    named |= set(_SPAN.findall(ours.rule or ""))
    in_rule = {f"{theirs.number:g}"} if theirs.number else set(_SPAN.findall(theirs.rule or ""))
    only_rules = _span(ours) is None or _span(theirs) is None
    return (None if only_rules and in_rule and in_rule <= named else said), told


def _span(time: Duration) -> str | None:
    return f"{time.number:g} {time.unit}" if time.number is not None and time.unit != "unknown" else None


def _fees(ours: Fee, theirs: Fee) -> Pair:
    """Both fees as said; nothing on our side when it names all of theirs, nothing on theirs when it is not known."""
    told = None if theirs.kind == "unknown" else _fee(theirs)
    if ours.kind in _PRICED and theirs.kind in _PRICED and (sums := _sums(theirs)) and sums <= _sums(ours):
        return None, told
    return _fee(ours), told


def _fee(fee: Fee) -> str | None:
    return f"{fee.amount_vnd} đồng" if fee.amount_vnd else _FEES.get(fee.kind, fee.rule)


def _sums(fee: Fee) -> set[int]:
    own = {fee.amount_vnd} if fee.amount_vnd else set()
    return own | amounts(f"{fee.rule} {fee.exemptions}")


def _known(level: str) -> str | None:
    return None if level == "unknown" else level


def _channels(entry: Procedure) -> list[str] | None:
    return sorted(entry.online.channels) or None


def _numbers(entry: Procedure) -> list[str] | None:
    return sorted({document.number for document in entry.legal_basis}) or None


def _papers(ours: Procedure, theirs: Procedure) -> Pair:
    """How many papers each asks for, and those that are like none of the other's; nothing when the import has none."""
    mine, others = ([paper.name for paper in entry.documents] for entry in (ours, theirs))
    if not others:
        return None, None
    return [f"{len(mine)} loại", *_unlike(mine, others)], [f"{len(others)} loại", *_unlike(others, mine)]


def _unlike(names: Sequence[str], others: Sequence[str]) -> list[str]:
    words = [set(plain(other).split()) for other in others]
    return [name for name in names if not any(_alike(set(plain(name).split()), other) for other in words)]


def _alike(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= LIKE * max(min(len(first), len(second)), 1)
