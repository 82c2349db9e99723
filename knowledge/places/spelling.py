"""Spellings of place names that count as one: diacritics, i/y, hyphens, apostrophes, numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from knowledge.text import deaccent, unify

_TOKEN = re.compile(r"[^\W_]+")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_NUMBERS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_DIGITS = {deaccent(word): str(value) for value, word in enumerate(_NUMBERS)} | {"tu": "4"}
_DIGITS |= {numeral: str(value) for value, numeral in enumerate(_ROMAN, start=1)}


@lru_cache(maxsize=65536)
def bare(word: str) -> str:
    """A word without diacritics, in lower case, ``y`` as ``i`` at its end, without zeros in front."""
    plain = deaccent(word).lower()
    plain = plain.lstrip("0") or plain
    return plain[:-1] + "i" if plain.endswith("y") else plain


def words_of(name: str) -> list[str]:
    """The words of a name or a text, spelled in one way; what stands between them is dropped."""
    return _TOKEN.findall(unify(name).lower())


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """What all spellings of a name have in common: ``Ea H'Leo`` -> ``eahleo``."""
    return "".join(bare(word) for word in words_of(name))


def as_digit(word: str) -> str:
    """A number word or numeral as its digit, as in "phường bốn", "phường IV"; any other word as it is."""
    return _DIGITS.get(deaccent(word).lower(), word)
