"""Reads the number that goes with a dossier code: the last four digits, or a whole identity number or tax code."""

from __future__ import annotations

import re

from knowledge.code_symbols import read_symbols
from knowledge.dossier_code import find_dossier_codes

WHOLE_LENGTHS = (12, 10, 13)
_LETTER = re.compile(r"[^\W\d_]")
_ROW = re.compile(r"\d(?:[ .-]?\d)*")
_ANNOUNCED = re.compile(
    r"(?:cuối|cuoi)(?: cùng| cung)?(?: (?:là|la|căn cước|can cuoc|cccd|mst|mã số thuế))*\W*", re.IGNORECASE
)


def read_number(text: str, *, asked: bool) -> str | None:
    """Four, ten, twelve or thirteen digits in `text`, written or spoken; None when there are none or several.

    asked: whether the citizen was just asked for them; if not, four digits count only after "cuối" ("4 số cuối là …")
    or alone beside a dossier code.
    """
    spans = find_dossier_codes(text)
    for span in reversed(spans):
        text = f"{text[: span.start]}; {text[span.end :]}"
    rows = [re.sub(r"\D", "", row) for row in _ROW.findall(read_symbols(text).text)]
    whole = {row for row in rows if len(row) in WHOLE_LENGTHS}
    if whole:
        return whole.pop() if len(whole) == 1 else None
    if not asked and not (spans and not _LETTER.search(text)):
        announced = _ANNOUNCED.search(text)
        return _leading_four(text[announced.end() :]) if announced else None
    four = {row for row in rows if len(row) == 4}
    return four.pop() if len(four) == 1 else None


def _leading_four(text: str) -> str | None:
    match = re.match(r"\d(?: ?\d){3}(?!\d)", read_symbols(text).text)
    return match[0].replace(" ", "") if match else None
