"""Digits in misheard speech: while a code is expected, each syllable is read as the digit it sounds most like."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.privacy import PLACEHOLDER, redact
from knowledge.text import deaccent

_SAID = {
    "0": ("không", "o"),
    "1": ("một", "mốt"),
    "2": ("hai",),
    "3": ("ba",),
    "4": ("bốn", "tư"),
    "5": ("năm", "lăm", "nhăm"),
    "6": ("sáu",),
    "7": ("bảy", "bẩy"),
    "8": ("tám",),
    "9": ("chín",),
}
_PASSED_OVER = [
    "hát",
    "gờ",
    "chấm",
    "gạch",
    "ngang",
    "trừ",
    "mã",
    "số",
    "hồ",
    "sơ",
    "là",
    "của",
    "tôi",
    "dạ",
    "ạ",
    "thì",
]
_EXACT = frozenset(form for forms in _SAID.values() for form in forms) - {"o"}
_INITIALS = ("ngh", "ng", "nh", "kh", "ch", "gh", "ph", "th", "tr", "gi", "qu", *"bcdđghklmnprstvx")
_FURTHEST = 1.6
_FEWEST_OF_A_NUMBER = 4
_YEAR = re.compile(r"\bnăm (?:19|20)\d\d\b")


def code_heard(text: str) -> str:
    """The digits that were probably said; words that are nothing like a digit are left out."""
    found = []
    for word in text.lower().replace(",", " ").replace(".", " ").replace("-", " ").split():
        if word.isdigit():
            found.append(word)
        else:
            found.append(_digit(word))
    return "".join(found)


def holds_number(text: str) -> bool:
    """Whether a sentence holds, beside what masking finds, digits enough for somebody's number; a year is none.

    Four are enough, in figures or in words: that many of an identity number are the second factor of a dossier.
    """
    words = _YEAR.sub("", PLACEHOLDER.sub("", redact(text)).lower()).replace(",", " ").replace(".", " ").split()
    return sum(sum(c.isdigit() for c in word) or word in _EXACT for word in words) >= _FEWEST_OF_A_NUMBER


@lru_cache(maxsize=4096)
def _digit(word: str) -> str:
    """The digit a syllable is nearest to; none when it is nearer to a word that stands between digits."""
    distance, digit = min((_distance(word, said), digit) for digit, forms in _SAID.items() for said in forms)
    between = min(_distance(word, said) for said in _PASSED_OVER)
    return digit if distance <= _FURTHEST and distance < between else ""


def _distance(heard: str, said: str) -> float:
    """How differently two syllables sound: initial and final weigh most, the tone least."""
    a, b = _parts(heard), _parts(said)
    tone = 0.0 if heard == said or deaccent(heard) != deaccent(said) else 0.3
    initial = 0.0 if a[0] == b[0] else 0.9
    final = 0.0 if a[1] == b[1] else 0.5 if a[1][:1] == b[1][:1] else 1.0
    return initial + final + tone


def _parts(syllable: str) -> tuple[str, str]:
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    return initial, deaccent(syllable[len(initial) :])
