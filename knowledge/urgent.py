"""Hears danger in a message by whole phrases, without any model, so that it works when everything else is down."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from knowledge.text import deaccent

UrgentKind = Literal["child", "fire", "self_harm", "medical", "violence", "police", "scam"]
KINDS: tuple[UrgentKind, ...] = get_args(UrgentKind)
_PHRASES = Path(__file__).with_name("urgent.yml")
_SYLLABLE = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1)
def _table() -> dict[UrgentKind, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        kind: (tuple(map(_plain, rules["any"])), tuple(map(_plain, rules["not"]))) for kind, rules in _loaded().items()
    }


@lru_cache(maxsize=1)
def _loaded() -> dict[UrgentKind, dict[str, Any]]:
    return cast(dict[UrgentKind, dict[str, Any]], yaml.safe_load(_PHRASES.read_text(encoding="utf-8")))


def urgent_text(kind: UrgentKind) -> str:
    """The answer to a danger: the one number to call, and what to do until somebody comes."""
    return str(_loaded()[kind]["say"])


def _plain(text: str) -> str:
    return f" {' '.join(_SYLLABLE.findall(deaccent(text.lower())))} "


def urgent_kind(text: str) -> UrgentKind | None:
    """The danger that a message reports, or None. text: as written; diacritics are not needed."""
    said = _plain(text)
    for kind in KINDS:
        alarms, calm = _table()[kind]
        if any(phrase in said for phrase in alarms) and not any(phrase in said for phrase in calm):
            return kind
    return None
