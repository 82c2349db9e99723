"""The word lists of ``words.yml``, each as written in lower case and folded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.personal.reading import Word, fold
from knowledge.text_file import read_yaml

_FILE = Path(__file__).with_name("words.yml")


@dataclass(frozen=True, slots=True)
class WordList:
    """Words with diacritics, and the same without."""

    accented: frozenset[str]
    plain: frozenset[str]

    def __contains__(self, word: Word) -> bool:
        return word.text in self.accented or (word.text == word.plain and word.plain in self.plain)


@cache
def wordlist(name: str) -> WordList:
    """The list called `name`; ``_`` joins the syllables of one item."""
    text: str = _all()[name].replace(",", " ").lower()
    return WordList(frozenset(text.split()), frozenset(fold(text).split()))


@cache
def _all() -> dict[str, str]:
    lists: dict[str, str] = read_yaml(_FILE)
    return lists
