"""Hears danger in a message by whole phrases, without any model, so that it works when everything else is down."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

from knowledge.text import deaccent, unify
from knowledge.text_file import read_yaml

UrgentKind = Literal["child", "fire", "self_harm", "medical", "violence", "police", "scam"]
KINDS: tuple[UrgentKind, ...] = get_args(UrgentKind)
_PHRASES = Path(__file__).with_name("urgent.yml")
_SYLLABLE = re.compile(r"[^\W_]+")


class _Phrase(NamedTuple):
    """A phrase of one kind, in syllables. alarms: whether it raises the alarm or takes it back. clear: whether it means
    the same without diacritics.
    """

    kind: UrgentKind
    alarms: bool
    written: tuple[str, ...]
    clear: bool

    def is_said(self, typed: Sequence[str], bare: Sequence[str]) -> bool:
        """Whether typed syllables are the phrase's; `bare`: the same without diacritics, known to be equal."""
        same = all(word in pair for word, *pair in zip(typed, self.written, bare, strict=True))
        return same and (self.clear or typed != bare)


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, ...], list[_Phrase]]:
    """The phrases by their syllables without diacritics."""
    table = defaultdict(list)
    for kind, rules in _loaded().items():
        for alarms, texts in ((True, rules["any"]), (False, rules["not"])):
            for text in texts:
                phrase = _Phrase(kind, alarms, tuple(_words(text)), text not in rules["unclear"])
                table[tuple(map(deaccent, phrase.written))].append(phrase)
    return dict(table)


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _table()))


@lru_cache(maxsize=1)
def _loaded() -> dict[UrgentKind, dict[str, Any]]:
    return cast(dict[UrgentKind, dict[str, Any]], read_yaml(_PHRASES))


def urgent_text(kind: UrgentKind) -> str:
    """The answer to a danger: the one number to call, and what to do until somebody comes."""
    return str(_loaded()[kind]["say"])


def _words(text: str) -> list[str]:
    return _SYLLABLE.findall(unify(text).lower())


def urgent_kind(text: str) -> UrgentKind | None:
    """The danger that a message reports, or None. text: as written; diacritics may be missing."""
    said = set(_said(_words(text)))
    alarms, calm = ({kind for kind, raised in said if raised is wanted} for wanted in (True, False))
    return next((kind for kind in KINDS if kind in alarms and kind not in calm), None)


def _said(words: Sequence[str]) -> Iterator[tuple[UrgentKind, bool]]:
    bare = [deaccent(word) for word in words]
    for at in range(len(words)):
        for end in range(at + 1, min(at + _longest(), len(words)) + 1):
            for phrase in _table().get(tuple(bare[at:end]), ()):
                if phrase.is_said(words[at:end], bare[at:end]):
                    yield phrase.kind, phrase.alarms
