"""Numbers that citizens give instead of a dossier code."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Lookalike = Literal["payment_code", "procedure_code", "identity_number", "appointment_slip", "postal_item"]

_PROCEDURE = re.compile(r"(?<![\d.])\d\.\d{6}(?:\.\d{3}\.\d\d\.\d\d\.H\d\d(?:\.\d{1,3})*)?(?![\d])")
_TWELVE_DIGITS = re.compile(r"(?<![\dGH.-])\d(?:[ .]?\d){11}(?![\d])(?!-\d)")
_POSTAL_ITEM = re.compile(r"\b[A-Z]{2} ?\d{9} ?[A-Z]{2}\b")
_SLIP = re.compile(r"(?:giấy|phiếu|giay|phieu) (?:hẹn|hen|tiếp nhận|tiep nhan)|biên nhận|bien nhan")
_SLIP_NUMBER = re.compile(r"\b\d{1,6}/(?:\d{4}/)?(?:GH|PH|GTN|GBN|BN|TNHS|TN)\b")


def lookalike(text: str, symbols: str) -> Lookalike | None:
    """Which other number `text` holds; None when it is none we know.

    symbols: the code characters of the text, see `knowledge.code_symbols`.
    """
    plain = unicodedata.normalize("NFKC", text)
    if _POSTAL_ITEM.search(plain.upper()):
        return "postal_item"
    if _PROCEDURE.search(symbols):
        return "procedure_code"
    if _TWELVE_DIGITS.search(symbols):
        return "identity_number"
    if _SLIP_NUMBER.search(plain.upper()) or (_SLIP.search(plain.lower()) and re.search(r"\d", plain)):
        return "appointment_slip"
    return None
