"""What a rule reports, and the texts of an entry that rules read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.entry import Faq, Procedure

Severity = Literal["error", "warning"]
_COLLOQUIAL = ("examples", "common_names")
_NOT_SAID = (
    "sources",
    "id",
    "kind",
    "origin",
    "review",
    "confidence",
    "topic",
    "level",
    "channels",
    "form",
    "unit",
    "related",
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong. entry: id of the entry or family. field: dotted path. text: what was found there."""

    entry: str
    rule: str
    field: str
    text: str
    severity: Severity = "error"


def texts(entry: Procedure | Faq, *, colloquial: bool = False) -> Iterator[tuple[str, str]]:
    """Path and text of everything an entry may say; `colloquial` adds common names and example questions."""
    content: dict[str, Any] = entry.model_dump(mode="json")
    for name, value in content.items():
        if name not in _NOT_SAID and (colloquial or name not in _COLLOQUIAL):
            yield from _strings(name, value)


def _strings(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _strings(f"{path}[{number}]", item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _NOT_SAID:
                yield from _strings(f"{path}.{name}", item)
