"""Mishears Vietnamese speech as telephones do, from one table of confusions and a seed: the same ears every time."""

from __future__ import annotations

import random
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text_file import read_yaml

_TONES = {"huyền": "\u0300", "sắc": "\u0301", "ngã": "\u0303", "hỏi": "\u0309", "nặng": "\u0323", "ngang": ""}
_VOWELS = "aeiouyăâêôơư"


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yml"))
    return loaded


def mishear(text: str, share: float, seed: int) -> str:
    """`text` with about `share` of its syllables misheard or lost; digits are left to be said as words."""
    ears = random.Random(f"{seed}:{text}")  # noqa: S311
    heard = [_misheard(word, ears) if word.isalpha() and ears.random() < share else word for word in text.split()]
    return " ".join(word for word in heard if word) or text


def _misheard(syllable: str, ears: random.Random) -> str:
    shares = _table()["shares"]
    kinds = ears.choices(list(shares), weights=list(shares.values()), k=len(shares) * 2)
    for kind in kinds:
        changed = "" if kind == "drops" else _KINDS[kind](syllable, ears)
        if changed != syllable:
            return changed
    return syllable


def _other(groups: list[list[str]], sound: str, ears: random.Random) -> str | None:
    """Another sound of a group that `sound` is in."""
    near = [other for group in groups if sound in group for other in group if other != sound]
    return ears.choice(near) if near else None


def _initial(syllable: str, ears: random.Random) -> str:
    groups = _table()["initials"]
    sounds = sorted({sound for group in groups for sound in group}, key=len, reverse=True)
    own = next((sound for sound in sounds if syllable.startswith(sound)), "")
    other = _other(groups, own, ears)
    return other + syllable[len(own) :] if other else syllable


def _final(syllable: str, ears: random.Random) -> str:
    groups = _table()["finals"]
    sounds = sorted({sound for group in groups for sound in group}, key=len, reverse=True)
    own = next((sound for sound in sounds if syllable.endswith(sound) and len(syllable) > len(sound)), "")
    other = _other(groups, own, ears)
    return syllable[: -len(own)] + other if other else syllable


def _tone(syllable: str, ears: random.Random) -> str:
    letters = list(unicodedata.normalize("NFD", syllable))
    marks = {mark: name for name, mark in _TONES.items() if mark}
    at = next((index for index, letter in enumerate(letters) if letter in marks), None)
    other = _other(_table()["tones"], marks[letters[at]] if at is not None else "ngang", ears)
    if other is None:
        return syllable
    if at is not None:
        del letters[at]
        at -= 1
    else:
        at = next((index for index, letter in enumerate(letters) if letter.lower() in _VOWELS), None)
        if at is None:
            return syllable
    while at + 1 < len(letters) and unicodedata.combining(letters[at + 1]):
        at += 1
    letters.insert(at + 1, _TONES[other])
    return unicodedata.normalize("NFC", "".join(letters))


_KINDS = {"initials": _initial, "finals": _final, "tones": _tone}
