"""Where somebody lives, below the commune: house and street, hamlet, group of houses.

The names of communes and provinces are kept, since the assistant needs them to say where to go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.personal.reading import Found, Reading
from bot.personal.wordlists import wordlist

_KEYS = {
    "số nhà": "house", "tổ dân phố": "hamlet", "khu phố": "hamlet", "thôn": "hamlet", "ấp": "hamlet", "tổ": "group",
    "khóm": "hamlet", "xóm": "hamlet", "buôn": "hamlet", "phum": "hamlet", "sóc": "hamlet", "tdp": "hamlet",
    "kp": "hamlet", "bản": "village", "hẻm": "lane", "ngõ": "lane", "ngách": "lane", "kiệt": "lane", "số": "number",
    "đường": "street", "phố": "street", "phòng": "part", "căn hộ": "part", "lô": "part", "chung cư": "part",
    "khu dân cư": "part", "đội": "part", "block": "part", "kdc": "part",
}  # fmt: skip
_KEY_WORDS = tuple(sorted((tuple(key.split()) for key in _KEYS), key=len, reverse=True))
_FIRST_KEYS = tuple({key[0] for key in _KEY_WORDS})
_NUMBER = re.compile(
    r"(?:[a-z]{1,2}[ -]?)?\d{1,5}[a-z]?(?:[/-]\d{1,5}[a-z]?){0,5}(?: thang \d{1,2})?(?!\w)"
    r"(?! (?:tuoi|nguoi|nam|ngay|thang|dong|trieu|nghin|ngan|met|cai|ho)\b)"
)
_HOUSE = re.compile(r"\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,5}(?= )")
_LIVING = ("ở", "chỉ", "nhà", "trú", "ngụ", "về", "tới", "tại", "trọ", "ngụ", "o")
_JOINTS = frozenset((" ", ", ", ",", " - ", "; "))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an address up to the word `end`. kind: a value of `_KEYS`; numbered: whether it names a number."""

    end: int
    kind: str
    numbered: bool


def addresses(reading: Reading) -> Iterator[Found]:
    """The addresses in a text."""
    i = 0
    while i < len(reading.words):
        parts = _chain(reading, i)
        if _is_address(parts):
            end = parts[-1].end
            yield reading.found(reading.words[i].start, reading.words[end - 1].end, "address")
            i = end
        else:
            i += 1


def _is_address(parts: list[_Part]) -> bool:
    certain = any(p.kind in ("house", "hamlet", "group", "village") or (p.kind == "lane" and p.numbered) for p in parts)
    return certain or (len(parts) >= 2 and any(p.numbered for p in parts))


def _chain(reading: Reading, i: int) -> list[_Part]:
    parts: list[_Part] = []
    at = i
    while at < len(reading.words) and len(parts) < 8:
        if parts and reading.gap(at - 1) not in _JOINTS:
            break
        if parts and _lodging(reading, at):
            at += 2
        part = _named_part(reading, at, following=bool(parts)) or _house(reading, at)
        if part is None and parts and parts[-1].kind in ("number", "house"):
            end = _street_name(reading, at)
            part = _Part(end, "street", False) if end > at else None
        if part is None:
            break
        parts.append(part)
        at = part.end
    return parts


def _lodging(reading: Reading, i: int) -> bool:
    """Whether "nhà trọ" stands at the word i, with more after it."""
    words = reading.words
    return i + 2 < len(words) and words[i].reads("nhà") and words[i + 1].reads("trọ")


def _named_part(reading: Reading, i: int, *, following: bool) -> _Part | None:
    if not reading.words[i].reads(*_FIRST_KEYS):
        return None
    for key in _KEY_WORDS:
        words = reading.words[i : i + len(key)]
        if len(words) == len(key) and all(w.reads(k) for w, k in zip(words, key, strict=True)):
            return _valued(reading, i, i + len(key), _KEYS[" ".join(key)], following=following)
    return None


def _valued(reading: Reading, first: int, i: int, kind: str, *, following: bool) -> _Part | None:
    words = reading.words
    if i < len(words) and kind != "number" and words[i].reads("số"):
        i += 1
    if i >= len(words) or reading.gap(i - 1) not in (" ", ": "):
        return None
    number = _NUMBER.match(reading.plain, words[i].start) if kind != "village" else None
    if number and not (number[0][0].isalpha() and kind not in ("part", "house", "number")):
        return _Part(reading.word_at(number.end()), kind, True)
    if kind in ("house", "number", "group"):
        end = _said(reading, i) if reading.words[first].text != "to" else i
        return _Part(end, kind, True) if end > i else None
    if kind == "village" and not (following or _is_village(reading, first)):
        return None
    end = _proper_name(reading, i)
    if end == i and kind in ("hamlet", "street", "lane") and (following or _lives_here(reading, first)):
        end = _lower_name(reading, i, 2 if kind == "hamlet" else 3)
    return _Part(end, kind, False) if end > i else None


def _is_village(reading: Reading, i: int) -> bool:
    """Whether "bản" at the word i is the village, and not a copy or the unaccented "ban"."""
    where = i == 0 or reading.gap(i - 1).startswith(",") or _lives_here(reading, i)
    return where and reading.words[i].text == "bản"


def _house(reading: Reading, i: int) -> _Part | None:
    """A house number right before the name of a street: ``15/3B Nguyễn Văn Cừ``."""
    word = reading.words[i]
    number = _HOUSE.match(reading.plain, word.start) if word.plain[0].isdigit() else None
    if number is None or (i and reading.words[i - 1] in wordlist("counted")):
        return None
    at = reading.word_at(number.end())
    end = _street_name(reading, at)
    return _Part(end, "house", True) if end > at else None


def _street_name(reading: Reading, i: int) -> int:
    """Where the capitalised name of a street that starts at the word i ends, two words at least."""
    if reading.shouted or i >= len(reading.words):
        return i
    word = reading.words[i]
    end = _proper_name(reading, i)
    return end if end - i >= 2 and (word in wordlist("surnames") or word in wordlist("streets")) else i


def _proper_name(reading: Reading, i: int) -> int:
    end = i
    while end < min(i + 4, len(reading.words)) and _in_proper_name(reading, end, i):
        if end > i and _province(reading, end):
            break
        end += 1
    return end


def _in_proper_name(reading: Reading, i: int, first: int) -> bool:
    word = reading.words[i]
    if i > first and reading.gap(i - 1) != " ":
        return False
    return word.capital and not reading.shouted and word.plain.isalpha() and word not in wordlist("kept_places")


def _lower_name(reading: Reading, i: int, most: int) -> int:
    end = i
    while end < min(i + most, len(reading.words)) and (end == i or reading.gap(end - 1) == " "):
        word = reading.words[end]
        if word in wordlist("not_names") or word in wordlist("kept_places") or not word.plain.isalpha():
            break
        if word.reads(*_FIRST_KEYS) or (end > i and _province(reading, end)):
            break
        end += 1
    return end


def _province(reading: Reading, i: int) -> bool:
    """Whether the name of a province begins at the word i."""
    return "_".join(word.plain for word in reading.words[i : i + 2]) in wordlist("provinces").plain


def _said(reading: Reading, i: int) -> int:
    end = i
    while end < min(i + 5, len(reading.words)) and reading.words[end] in wordlist("said_digits"):
        end += 1
    return end


def _lives_here(reading: Reading, i: int) -> bool:
    return i > 0 and (reading.words[i - 1].reads(*_LIVING) or (reading.shouted and reading.gap(i - 1) in _JOINTS))
