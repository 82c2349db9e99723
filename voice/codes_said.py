"""Dossier codes and telephone numbers, read out in groups that a listener can write down."""

from __future__ import annotations

import re

from voice.numbers_said import digits, grouped

LETTERS = {"H": "hát", "G": "gờ", "M": "mờ", "D": "đê", "V": "vê", "T": "tê", "A": "a", "B": "bê", "C": "xê", "P": "pê"}


def code(text: str) -> str:
    """A dossier code in groups of two digits, letters by name; dots and dashes are pauses.

    >>> code("H56.14-240823-0001")
    'hát năm sáu, một bốn, hai bốn, không tám, hai ba, không không, không một'
    """
    parts = [p for p in re.split(r"[.-]", text) if p]
    said = []
    for part in parts:
        letter = LETTERS.get(part[0])
        row = part[1:] if letter else part
        rows = grouped(row, *((3, 2) if len(row) % 2 else (2,))) if len(row) > 2 else digits(row)
        said.append(f"{letter} {rows}" if letter else rows)
    return ", ".join(said)


def ticket(number: str) -> str:
    """A ticket's number as it must be written down to be looked up.

    >>> ticket("PA-26-483920")
    'pê a, hai sáu, bốn tám, ba chín, hai không'
    """
    kind, year, row = number.split("-")
    return f"{' '.join(LETTERS[letter] for letter in kind)}, {digits(year)}, {grouped(row, 2)}"


def phone(row: str) -> str:
    """A telephone number, four, three and three digits; short and service numbers digit by digit."""
    row = re.sub(r"\D", "", re.sub(r"^\+?84(?=\d{9}$)", "0", row))
    return digits(row) if len(row) <= 5 else grouped(row, 4, 4) if len(row) == 8 else grouped(row, 4, 3, 3)
