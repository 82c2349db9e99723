"""The word tables of `knowledge/language/*.yml`: what people write → what it means, with the neighbours that forbid it.

Only the standard library and PyYAML: Rasa's old environment imports this too. A row of a table is

    - say: [gks, giấy ks]        # lower-case words or phrases
      means: giấy khai sinh      # "" removes the words
      unless_before: [...]       # next words that forbid the row
      unless_after: [...]        # previous words that forbid the row
      only_before: [...]         # the row needs one of these next …
      only_after: [...]          # … or one of these before

``#`` stands for a number among neighbours. ``phrases.yml`` lists the phrases inside which no row applies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text_file import read_yaml
from knowledge.text_syllable import is_bare_syllable, place_tone

_WORD = re.compile(r"[^\W_]+")
LANGUAGE = Path(__file__).parent / "language"
WORD_TABLES = ("teencode", "abbreviations", "dialect", "recogniser", "spelling", "english")
_NEEDS_DIACRITICS = ("dialect", "recogniser", "spelling")
_NUMBER = "#"
_FORMAL = ("abbreviations", "english")


@dataclass(frozen=True)
class Row:
    """One way of saying (`words`) with its meaning and the neighbours that allow or forbid it."""

    table: str
    words: tuple[str, ...]
    means: str
    unless_before: frozenset[str] = frozenset()
    unless_after: frozenset[str] = frozenset()
    only_before: frozenset[str] = frozenset()
    only_after: frozenset[str] = frozenset()

    @property
    def slang(self) -> bool:
        """Whether the row holds in a text without diacritics too: its words are no stripped Vietnamese words."""
        return self.table not in _NEEDS_DIACRITICS or not all(map(is_bare_syllable, self.words))

    @property
    def casual(self) -> bool:
        """Whether the row is one word that nobody writes in capitals among small letters, as acronyms are."""
        return len(self.words) == 1 and self.table not in _FORMAL

    def fits(self, before: str, after: str) -> bool:
        """Whether the row applies between the words `before` and `after` (``""`` at the ends of a text)."""
        if _among(after, self.unless_before) or _among(before, self.unless_after):
            return False
        if not self.only_before and not self.only_after:
            return True
        return _among(after, self.only_before) or _among(before, self.only_after)


def _among(word: str, neighbours: frozenset[str]) -> bool:
    return word in neighbours or (_NUMBER in neighbours and word.isdigit())


def read_table(name: str) -> list[Row]:
    """The rows of ``language/<name>.yml``, one for each way of saying."""
    rows = read_yaml(LANGUAGE / f"{name}.yml") or []
    return [_row(name, said, raw) for raw in rows for said in raw["say"]]


def _row(table: str, said: str, raw: dict[str, Any]) -> Row:
    neighbours = {
        key: frozenset(str(word) for word in raw.get(key, ()))
        for key in ("unless_before", "unless_after", "only_before", "only_after")
    }
    return Row(table, _words(str(said)), str(raw["means"]), **neighbours)


def _words(said: str) -> tuple[str, ...]:
    return tuple(place_tone(word) for word in _WORD.findall(said.lower()))


@lru_cache(maxsize=1)
def word_rows() -> dict[str, tuple[Row, ...]]:
    """All rows by their first word, longest first; of equally long ones those with conditions first."""
    by_first: dict[str, list[Row]] = {}
    for name in WORD_TABLES:
        for row in read_table(name):
            by_first.setdefault(row.words[0], []).append(row)
    return {first: tuple(sorted(rows, key=_specificity)) for first, rows in by_first.items()}


@lru_cache(maxsize=1)
def phrases() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases of ``language/phrases.yml``, in which every word stays, by their first word."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in read_yaml(LANGUAGE / "phrases.yml"):
        words = _words(str(phrase))
        by_first.setdefault(words[0], []).append(words)
    return {first: tuple(found) for first, found in by_first.items()}


def _specificity(row: Row) -> tuple[int, bool]:
    return -len(row.words), not (row.only_before or row.only_after)
