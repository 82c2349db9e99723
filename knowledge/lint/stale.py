"""Wording that went out of date: the district level (until 30/6/2025) and the paper household book (until 31/12/2022).

Sources: Luật Tổ chức chính quyền địa phương 72/2025/QH15 (two levels from 01/7/2025); Luật Cư trú 68/2020/QH14,
article 38 (household books are valid until 31/12/2022).
"""

from __future__ import annotations

import re

_OFFICE = r"(?:cấp|UBND|[uU][ỷy] ban nhân dân|Ủy ban nhân dân|Uỷ ban nhân dân|[cC]ông an|[pP]hòng|[bB]an|[tT]rung tâm)"
_DISTRICT = re.compile(
    rf"{_OFFICE}(?: [^\s.,;:()]+){{0,6}}? (?:huyện|quận|thị xã)\b|\b(?:huyện|quận), ?(?:quận|huyện|thị xã|thị trấn)"
    r"|\b(?:huyện|quận)/(?:quận|huyện)"
    r"|\b(?:ở|lên|ra|tại|trên|của|đến|tới|cho|gửi|nộp|thuộc) (?:huyện|quận)(?! (?-i:[A-ZĐ])| \d)"
    r"|\bthành phố thuộc tỉnh|\bthị trấn\b|\bPhòng (?:Tư pháp|Lao động|Giáo dục và Đào tạo|Tài chính - Kế hoạch)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"(?<!\w)(?:cũ|trước|xưa|hồi|từng|có còn|không còn|thôi|ngừng|hết|bỏ|bãi bỏ|chấm dứt|thay|chuyển|bàn giao|sáp nhập"
    r"|giải thể|giải tán|kết thúc|không có|không tổ chức|không phải)(?!\w)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?;\n]+")
_BOOK = re.compile(r"(?<!\w)sổ (?:hộ khẩu|tạm trú)(?!\w)", re.IGNORECASE)
_NO_BOOK = re.compile(r"(?<!\w)(?:không|khỏi|miễn|thay|bỏ|hết|cũ|thu hồi|đừng|chẳng|trước)(?!\w)", re.IGNORECASE)


def stale_district(text: str) -> str | None:
    """The words that speak of districts as if they still existed, or None.

    A sentence about the past, or one that says that districts are gone, is left alone.
    """
    return _first(_DISTRICT, _PAST, text)


def household_book(text: str) -> str | None:
    """The words that ask for a paper household or temporary-residence book, or None."""
    return _first(_BOOK, _NO_BOOK, text)


def _first(pattern: re.Pattern[str], excused: re.Pattern[str], text: str) -> str | None:
    for sentence in _SENTENCE.findall(text):
        match = pattern.search(sentence)
        if match and not excused.search(sentence):
            return match[0].strip()
    return None
