"""Finds personal values in a message and puts typed placeholders in their place.

Everything behind this door — Rasa, its tracker, stored turns, logs — sees ``⟦phone:1⟧`` and never the number. The
values stay sealed in our own table (`store.secrets`) until the conversation ends. Kinds: `dossier`, `payment`, `cccd`,
`cmnd`, `passport`, `health`, `taxcode`, `account`, `phone`, `email`, `name`, `birthdate`, `address`, `plate` and
`digits4`, the last four digits of a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.personal.addresses import addresses
from bot.personal.documents import documents
from bot.personal.names import names
from bot.personal.numbers import last_four, numbers
from bot.personal.reading import Found, Reading, read
from knowledge.dossier_code import NotADossierCode, find_dossier_codes

__all__ = ["PLACEHOLDER", "Found", "find", "mask", "redact"]

PLACEHOLDER = re.compile(r"⟦([a-z0-9]+):(\d+)⟧")


def find(text: str) -> list[Found]:
    """The personal values of a text, left to right, without overlaps; in time linear in its length."""
    if not text or text.isspace():
        return []
    reading = read(text)
    taken = bytearray(len(text))
    found: list[Found] = []
    for candidate in _candidates(reading):
        if not any(taken[candidate.start : candidate.end]):
            taken[candidate.start : candidate.end] = b"\1" * (candidate.end - candidate.start)
            found.append(candidate)
    return sorted(found, key=lambda f: f.start)


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
    """`text` for a log line: each personal value replaced by its kind; placeholders of masked texts stay."""
    parts, end = [], 0
    for placeholder in PLACEHOLDER.finditer(text):
        parts += [mask(text[end : placeholder.start()], _unnumbered), placeholder[0]]
        end = placeholder.end()
    return "".join([*parts, mask(text[end:], _unnumbered)])


def _unnumbered(kind: str, value: str) -> int:
    return 0


def _candidates(reading: Reading) -> Iterator[Found]:
    """Personal values, the surest rules first."""
    codes = find_dossier_codes(reading.shown)
    for code in codes:
        payment = isinstance(code.parsed, NotADossierCode) and code.parsed.reason == "payment_code"
        yield reading.found(code.start, code.end, "payment" if payment else "dossier", code.code)
    reading = reading.without((code.start, code.end) for code in codes)
    yield from documents(reading)
    yield from numbers(reading)
    yield from last_four(reading, frozenset(code.end for code in codes))
    yield from addresses(reading)
    yield from names(reading)
