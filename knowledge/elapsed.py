"""How long ago something happened, as a citizen says it, and whether a deadline that runs from then has passed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.entry import Procedure
from knowledge.text_numbers import number
from knowledge.vocabulary import Aspect
from knowledge.wording import words

_UNITS = {"ngày": 1, "hôm": 1, "bữa": 1, "tuần": 7, "tháng": 30, "năm": 365, "tuổi": 365}
_FEW = dict(zip(("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"), range(1, 11), strict=True))
_SINCE = frozenset(("rồi", "nay", "trước", "tuổi", "qua"))
_BEFORE = frozenset(("được", "đã", "đây", "hơn", "gần", "quá", "tròn", "chừng", "khoảng", "mới", "mất", "sinh", "đẻ"))
_LIMIT = re.compile(r"(?:trong|trong vòng) (\d+) (ngày|tháng) (?:kể )?từ (?:ngày|lúc|khi) ([^.;]+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_ASKED = ("deadline", "penalty", "fee", "overview")


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A span that has passed: days counts months as 30, `said` is how it was said."""

    days: int
    said: str


def elapsed(text: str) -> Elapsed | None:
    """The time since something happened that `text` (with diacritics) speaks of: "sinh được hai tháng rưỡi"."""
    found = _WORD.findall(text.lower())
    for at in range(len(found)):
        parsed = number(found, at) or ((_FEW[found[at]], at + 1) if found[at] in _FEW else None)
        if parsed is None or parsed[1] >= len(found) or found[parsed[1]] not in _UNITS:
            continue
        value, unit_at = parsed
        half = found[unit_at + 1 : unit_at + 2] == ["rưỡi"]
        end = unit_at + 1 + half
        before = found[at - 1] if at else ""
        if before in _BEFORE or any(word in _SINCE for word in found[end - 1 : end + 1]):
            unit = _UNITS[found[unit_at]]
            return Elapsed(value * unit + (unit // 2 if half else 0), " ".join(found[at:end]))
    return None


def late_note(entry: Procedure, aspect: Aspect | None, question: str) -> str:
    """Whether what the question tells is within the deadline of `entry`; empty when it cannot be said."""
    limit = _LIMIT.search(entry.deadline.rule) if entry.deadline and entry.deadline.rule else None
    passed = elapsed(question) if limit and aspect in _ASKED else None
    if limit is None or passed is None or not _same_event(limit[3], question):
        return ""
    days = int(limit[1]) * _UNITS[limit[2].lower()]
    key = "passed" if passed.days > days else "within"
    return str(words()["deadline"][key].format(said=passed.said, limit=f"{limit[1]} {limit[2]}"))


def _same_event(rule: str, question: str) -> bool:
    """Whether both speak of the same event, as `words.yml` groups the words for events."""
    told = f" {' '.join(_WORD.findall(question.lower()))} "
    return any(
        any(word in rule for word in group) and any(f" {word} " in told for word in group)
        for group in words()["deadline"]["events"]
    )
