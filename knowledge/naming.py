"""Whether a question calls an entry by one of its names, word for word, and tells no story beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from knowledge.entry import Faq, Procedure
from knowledge.text import deaccent, normalise, syllables

MIN_WORDS = 3
MAX_REST = 8


def calls_first_by_name(text: str, entries: Sequence[Procedure | Faq]) -> bool:
    """Whether `text` is little more than a name of the first of `entries`, and holds no name of the others as long.

    text: with its diacritics restored. A name counts from three words on, with at most eight words beside it;
    diacritics and case do not count.
    """
    said = _words(text)
    lengths = [max((_length_in(said, name) for name in _names(entry)), default=0) for entry in entries]
    if not lengths or lengths[0] < MIN_WORDS or len(said) - lengths[0] > MAX_REST:
        return False
    return lengths[0] > max(lengths[1:], default=0)


def _names(entry: Procedure | Faq) -> tuple[str, ...]:
    official = (entry.official_title,) if isinstance(entry, Procedure) and entry.official_title else ()
    return (entry.title, *official, *entry.common_names)


def _length_in(said: list[str], name: str) -> int:
    words = _words_of_name(name)
    size = len(words)
    held = any(said[start : start + size] == words for start in range(len(said) - size + 1))
    return size if held else 0


@lru_cache(maxsize=32768)
def _words_of_name(name: str) -> list[str]:
    return _words(normalise(name))


def _words(text: str) -> list[str]:
    return [deaccent(word) for word in syllables(text)]
