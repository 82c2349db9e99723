"""The same question as citizens and machines spoil it: without diacritics, mistyped, misheard. One seed, one result."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

from knowledge.text import deaccent
from voice.simulator.mishearing import mishear

SEED = 20261122
MISTYPED, MISHEARD = 0.3, 0.12
"""Share of words that are mistyped, and of syllables misheard."""
_TELEX = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_HATS = {"\u0302": "", "\u0306": "w", "\u031b": "w"}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def as_is(text: str) -> str:
    """The question itself."""
    return text


def bare(text: str) -> str:
    """Typed without diacritics."""
    return deaccent(text)


def mistyped(text: str) -> str:
    """With about a third of the words left in telex, stripped, or with a letter swapped, lost, doubled or missed."""
    fingers = random.Random(f"{SEED}:{text}")
    return " ".join(_slip(word, fingers) if fingers.random() < MISTYPED else word for word in text.split())


def misheard(text: str) -> str:
    """As a recogniser on a telephone line hears it: no punctuation, no capitals, confused sounds."""
    spoken = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    return mishear(" ".join(spoken.split()), MISHEARD, SEED)


CHANNELS: dict[str, Callable[[str], str]] = {
    "as is": as_is,
    "no diacritics": bare,
    "typos": mistyped,
    "misheard": misheard,
}


def _slip(word: str, fingers: random.Random) -> str:
    return fingers.choice((_residue, _stripped, _swapped, _lost, _doubled, _neighbour))(word, fingers)


def _residue(word: str, fingers: random.Random) -> str:
    """What an input method leaves when it is off: ``đường`` → ``dduwowngf``."""
    typed, tone = "", ""
    for letter in unicodedata.normalize("NFD", word):
        if letter in _TELEX:
            tone = _TELEX[letter]
        elif letter in _HATS:
            typed += _HATS[letter] or typed[-1:].lower()
        else:
            typed += {"đ": "dd", "Đ": "Dd"}.get(letter, letter)
    return typed + tone


def _stripped(word: str, fingers: random.Random) -> str:
    return deaccent(word)


def _swapped(word: str, fingers: random.Random) -> str:
    at = fingers.randrange(max(len(word) - 1, 1))
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def _lost(word: str, fingers: random.Random) -> str:
    at = fingers.randrange(len(word))
    return word[:at] + word[at + 1 :] if len(word) > 2 else word


def _doubled(word: str, fingers: random.Random) -> str:
    at = fingers.randrange(len(word))
    return word[: at + 1] + word[at:]


def _neighbour(word: str, fingers: random.Random) -> str:
    at = fingers.randrange(len(word))
    row = next((row for row in _ROWS if word[at].lower() in row), "")
    if not row:
        return word
    place = row.index(word[at].lower())
    return word[:at] + row[place - 1 if place else 1] + word[at + 1 :]
