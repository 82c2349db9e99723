"""Numbers and days in words, put in figures: ``hai triệu rưỡi`` is ``2.500.000``, ``mùng hai tháng chín`` is ``2/9``.

A number word is also a word ("ba" is father, "năm" is year), so only what cannot be read otherwise is changed: a number
with a scale or a ten, four digits and more in a row, a day with its month.
"""

from __future__ import annotations

import re
from itertools import pairwise

from knowledge.text_syllable import deaccent

_ONES = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_MONTHS = {"giêng": 1, "chạp": 12}
_ALSO, _HALF = ("linh", "lẻ"), ("rưỡi", "rưởi")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_ONE = rf"(?:{'|'.join([*_ONES, *map(deaccent, _ONES)])})"
_TRIGGER = re.compile(
    rf"\b(?:tr[aă]m|ng[hìi]*n|ng[aà]n|v[aạ]n|tri[eệ]u|t[ỷiỉy]|m[uư][oơờ]i|m[uùoồ]ng|ng[aà]y|gi[eê]ng|ch[aạ]p|r[aằ]m)\b"
    rf"|\d(?:k|tr\d*)\b|{_ONE}(?: {_ONE}){{3}}",
    re.IGNORECASE,
)
_STUCK = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)(?:(k)|tr(\d?))(?!\w)", re.IGNORECASE)
_ROW = 4
_YEARS = range(1900, 2101)

Parsed = tuple[int, int]
"""A value and the place of the first word that does not belong to it."""


def in_figures(text: str) -> str:
    """`text` with its numbers and days in figures. A text without any comes back as it is."""
    if not _TRIGGER.search(text):
        return text
    text = _STUCK.sub(_unstuck, text)
    found = list(_WORD.finditer(text))
    words = [match[0].lower() for match in found]
    accented = any(deaccent(word) != word for word in words)
    words = words if accented else [_RESTORED.get(word, word) for word in words]
    parts, at, copied = [], 0, 0
    while at < len(words):
        figures, end = _day(words, at) or _row(words, at) or _amount(words, at) or ("", at + 1)
        if figures and _one_phrase(text, found[at:end]):
            parts += [text[copied : found[at].start()], figures]
            copied = found[end - 1].end()
        at = end if figures else at + 1
    return "".join([*parts, text[copied:]])


def _unstuck(match: re.Match[str]) -> str:
    """``500k`` -> ``500 nghìn``, ``1tr2`` -> ``1,2 triệu``."""
    if match[2]:
        return f"{match[1]} nghìn"
    return f"{match[1]},{match[3]} triệu" if match[3] else f"{match[1]} triệu"


def _one_phrase(text: str, words: list[re.Match[str]]) -> bool:
    between = (text[a.end() : b.start()] for a, b in pairwise(words))
    return all(not gap.strip(" ,") or gap.strip() == "/" for gap in between)


def _dotted(value: int) -> str:
    return f"{value:,}".replace(",", ".") if value >= 10_000 or value % 1000 == 0 else str(value)


def _row(words: list[str], at: int) -> tuple[str, int] | None:
    """Four digits and more, said one by one."""
    end = at
    while end < len(words) and words[end] in _ONES:
        end += 1
    year = end - at == _ROW + 1 and words[at] == "năm"
    counted = year or _word(words, end) in _SCALES
    return ("".join(str(_ONES[word]) for word in words[at:end]), end) if end - at >= _ROW and not counted else None


def _amount(words: list[str], at: int) -> tuple[str, int] | None:
    """A number of two words and more, as in "hai triệu rưỡi", "bảy mươi lăm"; "3 triệu" is clear as it is."""
    parsed = number(words, at)
    if parsed is None or parsed[1] - at < 2 or (words[at].isdecimal() and parsed[1] - at == 2):
        return None
    return _dotted(parsed[0]), parsed[1]


def _day(words: list[str], at: int) -> tuple[str, int] | None:
    """A day of a month, as in "mùng hai tháng chín"; the months giêng and chạp are lunar."""
    called = words[at] in ("ngày", "mùng", "mồng")
    day = (15, at + 1) if words[at] == "rằm" else number(words, at + called) or _below_hundred(words, at + called)
    if day is None or _word(words, day[1]) != "tháng" or not 1 <= day[0] <= 31:
        return None
    named = _word(words, day[1] + 1) in _MONTHS
    month = _month(words, day[1] + 1)
    if month is None or not (called or named or words[at] == "rằm"):
        return None
    said, end = f"{day[0]}/{month[0]}", month[1]
    year = number(words, end + 1) if _word(words, end) == "năm" else None
    if year and year[0] in _YEARS:
        said, end = f"{said}/{year[0]}", year[1]
    return said + (" âm lịch" if named or words[at] == "rằm" else ""), end


def _month(words: list[str], at: int) -> Parsed | None:
    if _word(words, at) in _MONTHS:
        return _MONTHS[words[at]], at + 1
    month = number(words, at) or _below_hundred(words, at)
    return month if month and 1 <= month[0] <= 12 else None


def number(words: list[str], at: int) -> Parsed | None:
    """The whole number that begins at the word `at`, in figures or words; None for a single digit word."""
    total, part = 0, _below_thousand(words, at)
    while part is not None:
        value, end = part
        scale = _SCALES.get(_word(words, end))
        if scale is None:
            value *= 1000 if total >= 10**6 and value % 100 == 0 else 1
            return (total + value, end) if total or end - at > 1 or words[at].isdecimal() else None
        total += value * scale
        tail = _tail(words, end + 1, scale)
        if tail:
            return total + tail[0], tail[1]
        at = end + 1
        if _word(words, at) in _ALSO:
            unit = _said(words, at + 1)
            return (total + unit[0], unit[1]) if unit else (total, at)
        part = _below_thousand(words, at)
        if part and part[1] == at + 1 and _word(words, part[1]) not in _SCALES:
            return total, at
    return (total, at) if total else None


def _tail(words: list[str], at: int, scale: int) -> Parsed | None:
    """ "Rưỡi", or a last digit that counts tenths of the scale: "một triệu hai"."""
    if _word(words, at) in _HALF:
        return scale // 2, at + 1
    digit = _one(words, at)
    if digit is None or scale < 10**6 or words[at] in ("năm", "không") or words[at].isdecimal():
        return None
    return None if _word(words, at + 1) in (*_SCALES, "mươi", "trăm") else (digit[0] * scale // 10, at + 1)


def _below_thousand(words: list[str], at: int) -> Parsed | None:
    if _word(words, at + 1) != "trăm" or _word(words, at) not in _ONES:
        return _below_hundred(words, at)
    hundreds, after = _ONES[words[at]] * 100, _word(words, at + 2)
    if after in _HALF:
        return hundreds + 50, at + 3
    rest = _said(words, at + 3) if after in _ALSO else _below_hundred(words, at + 2)
    if rest is None or after.isdecimal() or (after == "năm" and rest[0] == 5):
        return hundreds, at + 2
    spoken_tens = after in _ONES and rest[1] == at + 3
    return hundreds + rest[0] * (10 if spoken_tens else 1), rest[1]


def _word(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _below_hundred(words: list[str], at: int) -> Parsed | None:
    if _word(words, at) in ("mười", "mươi"):
        unit = _said(words, at + 1)
        return (10 + unit[0], unit[1]) if unit and words[at + 1] != "năm" else (10, at + 1)
    ten = _one(words, at)
    if ten is None or words[at].isdecimal() or _word(words, at + 1) != "mươi":
        return ten
    unit = _said(words, at + 2)
    return (ten[0] * 10 + unit[0], unit[1]) if unit and words[at + 2] != "năm" else (ten[0] * 10, at + 2)


def _said(words: list[str], at: int) -> Parsed | None:
    """A digit in words."""
    return (_ONES[words[at]], at + 1) if _word(words, at) in _ONES else None


def _one(words: list[str], at: int) -> Parsed | None:
    """A digit in words, or a number of up to four figures."""
    word = _word(words, at)
    return (int(word), at + 1) if word.isdecimal() and len(word) <= 4 else _said(words, at)


_AMBIGUOUS = ("ty", "ti", "tu", "le", "van", "tinh")
_SAID = (*_ONES, *_SCALES, *_MONTHS, *_ALSO, *_HALF, "trăm", "mươi", "mùng", "tháng", "rằm", "ngày")
_RESTORED = {deaccent(word): word for word in reversed(_SAID) if deaccent(word) not in _AMBIGUOUS}
