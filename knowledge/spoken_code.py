"""Reads a code aloud, digit by digit, so that a listener can write it down: ``H56`` -> ``hát năm sáu``."""

from __future__ import annotations

_SAID = {
    "0": "không",
    "1": "một",
    "2": "hai",
    "3": "ba",
    "4": "bốn",
    "5": "năm",
    "6": "sáu",
    "7": "bảy",
    "8": "tám",
    "9": "chín",
    "H": "hát",
    "G": "gờ",
    ".": "chấm",
    "-": "gạch ngang",
}


def spoken_code(code: str) -> str:
    """The words for a canonical dossier code; commas make the pauses between its groups.

    >>> spoken_code("H56.14-240823-0001")
    'hát năm sáu, chấm, một bốn, gạch ngang, hai bốn không tám hai ba, gạch ngang, không không không một'
    """
    words = [f", {_SAID[c]}," if c in ".-" else _SAID[c] for c in code]
    return " ".join(words).replace(" ,", ",")


def spoken_digits(digits: str) -> str:
    """The words for a row of digits: ``0457`` -> ``không bốn năm bảy``."""
    return " ".join(_SAID[digit] for digit in digits)
