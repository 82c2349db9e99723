"""Finds personal values in a message and puts typed placeholders in their place.

Everything behind this door — Rasa, its tracker, stored turns, logs — sees ``⟦phone:1⟧`` and never the number. The values
stay sealed in our own table (`store.secrets`) until the conversation ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.dossier_code import find_dossier_codes

PLACEHOLDER = re.compile(r"⟦([a-z0-9]+):(\d+)⟧")


@dataclass(frozen=True, slots=True)
class Found:
    """A personal value at `start:end` of the text it was found in. `value` is what the placeholder stands for."""

    start: int
    end: int
    kind: str
    value: str


_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("cccd", re.compile(r"(?<!\d)\d(?:[ .]?\d){11}(?!\d)")),
    ("phone", re.compile(r"(?<![\d.])(?:\+?84|0)(?:[ .-]?\d){9}(?!\d)")),
    ("cmnd", re.compile(r"(?<![\d.])\d{9}(?!\d)")),
    (
        "digits4",
        re.compile(r"(?:^|(?<=cuối là )|(?<=cuoi la )|(?<=cuối )|(?<=cuoi ))\d(?:[ ]?\d){3}(?=\s*$)", re.IGNORECASE),
    ),
)


def find(text: str) -> list[Found]:
    """The personal values of a text, left to right, without overlaps."""
    found = [Found(code.start, code.end, "dossier", code.code) for code in find_dossier_codes(text)]
    for kind, pattern in _RULES:
        for match in pattern.finditer(text):
            if not any(f.start < match.end() and match.start() < f.end for f in found):
                found.append(Found(match.start(), match.end(), kind, _compact(kind, match.group())))
    return sorted(found, key=lambda f: f.start)


def _compact(kind: str, value: str) -> str:
    return value.lower() if kind == "email" else re.sub(r"[ .-]", "", value)


def mask(text: str, keep: Callable[[str, str], int]) -> str:
    """`text` with a placeholder for each personal value.

    keep: stores (kind, value) and gives the number of its placeholder.
    """
    text = text.replace("⟦", "(").replace("⟧", ")")
    parts, end = [], 0
    for f in find(text):
        parts += [text[end : f.start], f"⟦{f.kind}:{keep(f.kind, f.value)}⟧"]
        end = f.end
    return "".join([*parts, text[end:]])


def redact(text: str) -> str:
    """`text` for a log line: each personal value replaced by its kind."""
    return mask(text, lambda kind, value: 0)
