"""Families of procedures that citizens confuse: a vague question gets the one question that tells the members apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text import deaccent, normalise, syllables
from knowledge.text_file import read_yaml

_FILE = Path(__file__).with_name("families.yml")
_GOING_ON = frozenset(
    ("con", "the", "roi", "vay", "sao", "le", "phi", "tien", "bao", "nhieu", "lau", "nop", "qua", "tren", "mang",
     "online", "lam", "co", "o", "dau", "duoc", "khong")
)  # fmt: skip
"""Syllables that ask on about what was named before, without diacritics."""
_FILLERS = Path(__file__).with_name("language") / "fillers.yml"


@dataclass(frozen=True, slots=True)
class Member:
    """entry: id. choice: the label of its button, six words at most."""

    entry: str
    choice: str


@dataclass(frozen=True, slots=True)
class Family:
    """question: what is asked back. members: in the order people mean them."""

    id: str
    question: str
    members: tuple[Member, ...]


@lru_cache(maxsize=1)
def families() -> dict[str, Family]:
    """All families, by id."""
    return {
        raw["id"]: Family(raw["id"], raw["question"], tuple(Member(m["entry"], m["choice"]) for m in raw["members"]))
        for raw in _raw()
    }


def family_of(text: str) -> Family | None:
    """The family that a question names without saying which member; None when it is clear or about something else.

    text: with its diacritics restored. It matches when nothing but a trigger is left once courtesy and the words that
    ask for an aspect are taken away.
    """
    found = _triggers().get(_content(text))
    return families()[found] if found else None


def is_bare(text: str) -> bool:
    """Whether a message names nothing: courtesy and words that ask for an aspect are all it holds."""
    words = _plain(text)
    return bool(words) and not set(_left(words)) - _GOING_ON


def _raw() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = read_yaml(_FILE)
    return loaded


@lru_cache(maxsize=1)
def _triggers() -> dict[tuple[str, ...], str]:
    return {_content(trigger): raw["id"] for raw in _raw() for trigger in raw["triggers"]}


@lru_cache(maxsize=1)
def _fillers() -> tuple[tuple[str, ...], ...]:
    phrases = read_yaml(_FILLERS)
    return tuple(sorted({tuple(_plain(p)) for p in phrases} - {()}, key=len, reverse=True))


def _plain(text: str) -> list[str]:
    return [deaccent(word) for word in syllables(normalise(text))]


def _content(text: str) -> tuple[str, ...]:
    words = _plain(text)
    return tuple(_left(words) or words)


def _left(words: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(words):
        filler = next((f for f in _fillers() if tuple(words[at : at + len(f)]) == f), None)
        if filler is None:
            kept.append(words[at])
        at += len(filler) if filler else 1
    return kept
