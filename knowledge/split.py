"""Cuts a message that asks two things into its questions, by the words that join them."""

from __future__ import annotations

import re

from knowledge.text import syllables

MIN_SYLLABLES = 3
MAX_PARTS = 3
_JOINTS = re.compile(
    r"(?:[?;\n]+|[.!]\s+|,?\s+(?:và|với lại|rồi thì|rồi|còn|đồng thời|ngoài ra|tiện thể|luôn tiện|sẵn tiện|nhân tiện"
    r"|cũng như|xong rồi)\s+)",
    re.IGNORECASE,
)


def split(text: str) -> tuple[str, ...]:
    """The parts of `text` that may be questions of their own, at most three; the text itself when there is one.

    text: with its diacritics restored. A part of fewer than three syllables stays with the one before it.
    """
    parts: list[str] = []
    start = 0
    for joint in (*_JOINTS.finditer(text), None):
        piece = text[start : joint.start() if joint else len(text)].strip(" ,")
        if parts and piece and len(syllables(piece)) < MIN_SYLLABLES:
            parts[-1] = f"{parts[-1]} {piece}"
        elif piece:
            parts.append(piece)
        start = joint.end() if joint else len(text)
    if len(parts) > 1 and len(syllables(parts[0])) < MIN_SYLLABLES:
        parts[:2] = [f"{parts[0]} {parts[1]}"]
    return tuple(parts) if 1 < len(parts) <= MAX_PARTS else (text,)
