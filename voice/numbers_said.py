"""Numbers as a Vietnamese speaker says them."""

from __future__ import annotations

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu", "tỷ")
_THOUSAND = 1000


def number(value: int) -> str:
    """A whole number: 1001 -> ``một nghìn không trăm linh một``.

    >>> number(1500000)
    'một triệu năm trăm nghìn'
    """
    if value < 0:
        return f"âm {number(-value)}"
    if value == 0:
        return DIGITS[0]
    groups = []
    while value:
        value, rest = divmod(value, _THOUSAND)
        groups.append(rest)
    if len(groups) > len(_SCALES):
        return digits("".join(f"{g:03d}" for g in reversed(groups)).lstrip("0"))
    highest = len(groups) - 1
    said = [
        f"{_below_thousand(groups[scale], full=scale < highest)} {_SCALES[scale]}".strip()
        for scale in range(highest, -1, -1)
        if groups[scale]
    ]
    return " ".join(said)


def _below_thousand(value: int, *, full: bool) -> str:
    """0 to 999. full: higher groups came before, so a missing hundred is said."""
    hundreds, rest = divmod(value, 100)
    said = [f"{DIGITS[hundreds]} trăm"] if hundreds or full else []
    if rest:
        said.append(f"linh {DIGITS[rest]}" if rest < 10 and said else _below_hundred(rest))
    return " ".join(said)


def _below_hundred(value: int) -> str:
    tens, unit = divmod(value, 10)
    if tens == 0:
        return DIGITS[unit]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if unit == 0:
        return head
    if unit == 5:
        return f"{head} lăm"
    if tens > 1 and unit in (1, 4):
        return f"{head} {'mốt' if unit == 1 else 'tư'}"
    return f"{head} {DIGITS[unit]}"


def digits(row: str) -> str:
    """A row of digits, one by one: ``0457`` -> ``không bốn năm bảy``."""
    return " ".join(DIGITS[int(d)] for d in row if d.isdigit())


def grouped(row: str, *sizes: int) -> str:
    """A row of digits in groups of the given sizes, the last size repeating, with a pause after each."""
    parts, at, index = [], 0, 0
    while at < len(row):
        size = sizes[min(index, len(sizes) - 1)]
        parts.append(digits(row[at : at + size]))
        at, index = at + size, index + 1
    return ", ".join(parts)


def decimal(text: str) -> str:
    """A number with a comma: ``2,5`` -> ``hai phẩy năm``; digits after the comma one by one unless they are two."""
    whole, _, part = text.partition(",")
    said = number(int(part)) if len(part) == 2 and part[0] != "0" else digits(part)
    return f"{number(int(whole.replace('.', '')))} phẩy {said}"


def day_of_month(day: int) -> str:
    """The days 1 to 10 are "mùng"."""
    return f"mùng {number(day)}" if day <= 10 else number(day)


def month(value: int) -> str:
    """A month's name: the fourth is "tư"."""
    return "tư" if value == 4 else number(value)
