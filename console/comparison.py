"""Two revisions side by side: the fields that differ, word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in two revisions; each side in pieces, True where they differ."""

    field: str
    before: Pieces
    after: Pieces


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields whose text differs, in the order of the newer content."""
    names = [*after, *(name for name in before if name not in after)]
    texts = ((name, as_text(before.get(name)), as_text(after.get(name))) for name in names)
    return [Difference(name, *_pieces(old, new)) for name, old, new in texts if old != new]


def as_text(value: Any) -> str:
    """A value of an entry as lines of text, without what is not known."""
    match value:
        case None | [] | () | {}:
            return ""
        case dict():
            parts = ((name, as_text(part)) for name, part in value.items())
            return "; ".join(f"{name}: {part}" for name, part in parts if part)
        case list() | tuple():
            return "\n".join(as_text(part) for part in value)
        case str():
            return value
        case _:
            return json.dumps(value)


def _pieces(before: str, after: str) -> tuple[Pieces, Pieces]:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(_side(old, ((i, j, op) for op, i, j, _, _ in steps))), tuple(
        _side(new, ((i, j, op) for op, _, _, i, j in steps))
    )


def _side(words: list[str], spans: Iterator[tuple[int, int, str]]) -> Iterator[tuple[str, bool]]:
    for start, end, step in spans:
        if end > start:
            yield "".join(words[start:end]), step != "equal"
