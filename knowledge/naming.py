"""The names of an entry in a question: whether it is called by one, word for word, and what is said beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.entry import Faq, Procedure
from knowledge.families import is_bare
from knowledge.text import deaccent, normalise, syllables

MIN_WORDS = 3
MAX_REST = 8
MIN_WORDS_APART = 5
_WORD = re.compile(r"[^\W_]+")


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


def name_in(text: str, entry: Procedure | Faq, least: int = MIN_WORDS_APART) -> slice | None:
    """Where the longest name of an entry, of at `least` so many words, stands in `text`; None when none does.

    A name of five words and more holds such as “giấy chứng nhận” or “và” that ask nothing and join nothing.
    """
    found = list(_WORD.finditer(text.lower()))
    said = [deaccent(match[0]) for match in found]
    best: tuple[int, int] | None = None
    for words in (_words_of_name(name) for name in _names(entry)):
        start = _start_in(said, words)
        if start is not None and len(words) >= max(least, best[1] + 1 if best else 0):
            best = start, len(words)
    return slice(found[best[0]].start(), found[best[0] + best[1] - 1].end()) if best else None


def called_by_name(text: str, entries: Sequence[Procedure | Faq]) -> int | None:
    """Which of `entries` is called by its name in a `text` that says nothing more of the matter; None when none is.

    Of two names the longer one is meant.
    """
    found = [(name, i) for i, entry in enumerate(entries) if (name := name_in(text, entry, MIN_WORDS)) is not None]
    lengths = sorted((name.stop - name.start for name, _ in found), reverse=True)
    if not found or lengths[:1] == lengths[1:2]:
        return None
    name, place = max(found, key=lambda pair: pair[0].stop - pair[0].start)
    beside = f"{text[: name.start]} {text[name.stop :]}"
    return place if is_bare(beside) or not _WORD.search(beside) else None


def _names(entry: Procedure | Faq) -> tuple[str, ...]:
    official = (entry.official_title,) if isinstance(entry, Procedure) and entry.official_title else ()
    return (entry.title, *official, *entry.common_names)


def _length_in(said: list[str], name: str) -> int:
    words = _words_of_name(name)
    return len(words) if _start_in(said, words) is not None else 0


def _start_in(said: list[str], words: list[str]) -> int | None:
    size = len(words)
    return next((at for at in range(len(said) - size + 1) if said[at : at + size] == words), None)


@lru_cache(maxsize=32768)
def _words_of_name(name: str) -> list[str]:
    return _words(normalise(name))


def _words(text: str) -> list[str]:
    return [deaccent(word) for word in syllables(text)]
