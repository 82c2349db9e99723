"""Matches what was heard with the phrases that a state allows, tolerant of misheard syllables."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from knowledge.text import deaccent

SURE = 0.78
POSSIBLE = 0.45
_FILLERS = frozenset(
    ("dạ", "ạ", "à", "ơi", "cho", "tôi", "em", "cháu", "bác", "chị", "anh", "thì", "nhé", "muốn", "xin")
)


def plain(text: str) -> str:
    """`text` in lower case, without marks, punctuation and words that carry nothing."""
    words = unicodedata.normalize("NFC", text).lower().replace(",", " ").replace(".", " ").split()
    kept = [word for word in words if word not in _FILLERS] or words
    return deaccent(" ".join(kept))


def likeness(heard: str, phrase: str) -> float:
    """How alike two utterances sound, 0 to 1; a "không" that the phrase lacks makes them opposites."""
    a, b = plain(heard), plain(phrase)
    if "khong" in a.split() and "khong" not in b.split():
        return 0.0
    return 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()


def asks_for_person(heard: str, phrases: Sequence[str]) -> bool:
    """Whether a sentence holds one of the phrases that ask for a person, and does not refuse it."""
    said = f" {plain(heard)} "
    return " khong " not in said and any(f" {plain(p)} " in said for p in phrases if len(p.split()) > 2)


def rank(heard: str, options: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[float, str]]:
    """The options, best first, each with the likeness of its best phrase. options: (key, phrases)."""
    scored = [(max((likeness(heard, p) for p in phrases), default=0.0), key) for key, phrases in options]
    return sorted(scored, key=lambda pair: -pair[0])
