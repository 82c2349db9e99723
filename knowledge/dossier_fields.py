"""Reads the fields that one-stop systems use for a dossier (status 1-10, yyyyMMddHHmmss), see `dossier_fields.yml`."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text_file import read_yaml
from knowledge.text_syllable import deaccent

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?", re.ASCII)
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})(?: .*)?", re.ASCII)


@lru_cache(maxsize=1)
def _fields() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yml"))
    return loaded


def status_of(value: Any) -> int | None:
    """The status number 1 to 10, given as a number or by its name; None when it is neither."""
    text = str(value if value is not None else "").strip()
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 2 and 1 <= int(text) <= 10 else None
    known: int | None = _fields()["statuses"].get(text.lower())
    return known


def stage_of(value: Any) -> str | None:
    """Our key for the name of a sub-status; None for a name we do not know."""
    known: str | None = _fields()["stages"].get(str(value or "").strip().lower())
    return known


def stages() -> frozenset[str]:
    """All keys of sub-statuses."""
    return frozenset(_fields()["stages"].values())


def day_of(value: Any) -> date | None:
    """The day of a time such as ``20260921143000``, ``21/09/2026`` or ISO; None when it is missing or unreadable."""
    text = str(value or "").strip()
    match = _COMPACT.fullmatch(text) or _ISO.fullmatch(text)
    slashed = _SLASHED.fullmatch(text)
    parts = match.groups() if match else slashed.groups()[::-1] if slashed else None
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def is_sensitive(title: str) -> bool:
    """Whether the name of a procedure says something about its holder that others must not hear."""
    return bool(_sensitive().search(deaccent(title).lower()))


@lru_cache(maxsize=1)
def _sensitive() -> re.Pattern[str]:
    phrases = "|".join(re.escape(deaccent(str(phrase)).lower()) for phrase in _fields()["sensitive"])
    return re.compile(rf"\b(?:{phrases})\b")
