"""The word tables of `knowledge/language/*.yml`: what people write → what it means, with the neighbours that forbid it.

Only the standard library and PyYAML: Rasa's old environment imports this too. A row of a table is

    - say: [gks, giấy ks]        # lower-case words or phrases
      means: giấy khai sinh      # "" removes the words
      unless_before: [...]       # next words that forbid the row
      unless_after: [...]        # previous words that forbid the row
      only_before: [...]         # the row needs one of these next …
      only_after: [...]          # … or one of these before
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.text_syllable import is_bare_syllable, place_tone

_WORD = re.compile(r"[^\W_]+")
LANGUAGE = Path(__file__).parent / "language"
WORD_TABLES = ("teencode", "abbreviations", "dialect", "recogniser", "spelling", "english")
_NEEDS_DIACRITICS = ("dialect", "recogniser", "spelling")


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

    def fits(self, before: str, after: str) -> bool:
        """Whether the row applies between the words `before` and `after` (``""`` at the ends of a text)."""
        if after in self.unless_before or before in self.unless_after:
            return False
        if not self.only_before and not self.only_after:
            return True
        return after in self.only_before or before in self.only_after


def read_table(name: str) -> list[Row]:
    """The rows of ``language/<name>.yml``, one for each way of saying."""
    rows = yaml.safe_load((LANGUAGE / f"{name}.yml").read_text(encoding="utf-8")) or []
    return [_row(name, said, raw) for raw in rows for said in raw["say"]]


def _row(table: str, said: str, raw: dict[str, Any]) -> Row:
    neighbours = {
        key: frozenset(str(word) for word in raw.get(key, ()))
        for key in ("unless_before", "unless_after", "only_before", "only_after")
    }
    words = tuple(place_tone(word) for word in _WORD.findall(str(said).lower()))
    return Row(table, words, str(raw["means"]), **neighbours)


@lru_cache(maxsize=1)
def word_rows() -> dict[str, tuple[Row, ...]]:
    """All rows by their first word, longest first; of equally long ones those with conditions first."""
    by_first: dict[str, list[Row]] = {}
    for name in WORD_TABLES:
        for row in read_table(name):
            by_first.setdefault(row.words[0], []).append(row)
    return {first: tuple(sorted(rows, key=_specificity)) for first, rows in by_first.items()}


def _specificity(row: Row) -> tuple[int, bool]:
    return -len(row.words), not (row.only_before or row.only_after)
