"""A text in two aligned spellings, as written and folded, so that a rule can use either and still point at the text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from knowledge.code_symbols import Symbols, read_symbols

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BLOT = "\ufffc"
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_SEPARATORS = str.maketrans({"(": " ", ")": " ", "+": " ", "/": ";"})


@dataclass(frozen=True, slots=True)
class Found:
    """A personal value at `start:end` of the text it was found in. `value` is what the placeholder stands for."""

    start: int
    end: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `start:end` of a reading. text: in lower case; plain: folded; capital: begins with a capital letter."""

    start: int
    end: int
    text: str
    plain: str
    capital: bool

    def reads(self, *accented: str) -> bool:
        """Whether this is one of the words, written with all its diacritics or with none."""
        return self.text in accented or (self.text == self.plain and self.plain in map(fold, accented))


@dataclass(frozen=True)
class Reading:
    """`shown` is the text in NFC, white space runs as one space; `plain` folds it letter by letter, at equal places.

    places: where each letter of both starts in the text; one more for the end.
    """

    shown: str
    plain: str
    places: tuple[int, ...]

    def found(self, start: int, end: int, kind: str, value: str | None = None) -> Found:
        """A `Found` for `start:end` of this reading, in places of the text."""
        return Found(self.places[start], self.places[end], kind, self.shown[start:end] if value is None else value)

    @cached_property
    def words(self) -> list[Word]:
        """The words, in order."""
        matches = list(_WORD.finditer(self.plain))
        return [
            Word(m.start(), m.end(), self.shown[m.start() : m.end()].lower(), m[0], self.shown[m.start()].isupper())
            for m in matches
        ]

    def without(self, spans: Iterable[tuple[int, int]]) -> Reading:
        """This reading with the letters of `spans` blotted out."""
        shown, plain = list(self.shown), list(self.plain)
        for start, end in spans:
            shown[start:end] = plain[start:end] = [_BLOT] * (end - start)
        return Reading("".join(shown), "".join(plain), self.places)

    def word_at(self, start: int) -> int:
        """The index in `words` of the first word that begins at `start` or later."""
        return bisect_left(self.words, start, key=lambda word: word.start)

    def gap(self, i: int) -> str:
        """What stands between the words i and i + 1; a full stop when there is no such word."""
        return self.shown[self.words[i].end : self.words[i + 1].start] if 0 <= i < len(self.words) - 1 else "."

    @cached_property
    def shouted(self) -> bool:
        """Whether capitals say nothing because most letters are."""
        letters = [c for c in self.shown if c.isalpha()]
        return sum(c.isupper() for c in letters) * 10 > len(letters) * 7

    @cached_property
    def symbols(self) -> Symbols:
        """The digits, written or spoken; brackets and plus separate their groups, a slash ends a number."""
        return read_symbols(self.shown.translate(_SEPARATORS))


def read(text: str) -> Reading:
    """Read `text`; total: any string is accepted."""
    letters: list[str] = []
    places: list[int] = []
    for start, end in pairwise([*_clusters(text), len(text)]):
        letter = _composed(text[start:end])
        if letter == " " and letters[-1:] == [" "]:
            continue
        for character in letter:
            letters.append(character)
            places.append(start)
    return Reading("".join(letters), "".join(map(_folded, letters)), (*places, len(text)))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """`text` in lower case without diacritics, of the same length when it is in NFC."""
    return "".join(map(_folded, text))


def _clusters(text: str) -> list[int]:
    """Where the letters of `text` start, combining marks and invisible characters belonging to the one before."""
    if text.isascii():
        return list(range(len(text)))
    return [i for i, c in enumerate(text) if i == 0 or not (unicodedata.combining(c) or c in _INVISIBLE)]


@lru_cache(maxsize=4096)
def _composed(cluster: str) -> str:
    if len(cluster) > 1:
        cluster = unicodedata.normalize("NFC", "".join(c for c in cluster[:8] if c not in _INVISIBLE))
    return " " if not cluster or cluster.isspace() or cluster in _INVISIBLE else cluster


@lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter.replace("Đ", "d").replace("đ", "d"))[:1].lower()[:1]
    return base or letter
