"""Numbers of digits alone, written or spoken: identity numbers, telephones, accounts, tax codes, the last four digits.

What a number is, its length and the nearest word before it decide: ``mst 0312345678`` is a tax code, the same digits
after ``gọi`` are a telephone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.personal.reading import Found, Reading
from bot.personal.wordlists import wordlist

_STUCK = re.compile(r"(?<=[a-z_])\d{9,19}(?!\d)|(?<![\d./-])\d{9,19}(?=[a-z_])")
_RUN = re.compile(r"\d+(?:[ .-]{1,3}\d+)*")
_WINDOW = 60
_CONTEXT = re.compile(
    r"\b(?:(?P<cccd>can cuoc|cccd|cc|dinh danh|ddcn|giay to|vneid|dich vu cong)"
    r"|(?P<cmnd>chung minh|cmnd|cmtnd|cmt)"
    r"|(?P<phone>dien thoai|sdt|s?dt|phone|zalo|lien he|lien lac|goi|so may|may ban|di dong|nhan tin)"
    r"|(?P<account>tai khoan|stk|tk|the ngan hang)"
    r"|(?P<taxcode>ma so thue|mst|ma so doanh nghiep|ma so ho kinh doanh|ho kinh doanh ma)"
    r"|(?P<health>bhyt|bhxh|bao hiem|ma the))\b"
)
_MEASURED = re.compile(r" ?(?:dong|d|vnd|k|nghin|ngan(?! hang)|tram|trieu|ty|ti|usd|do|m2|m|met|ha|km|kg|%|đ)(?!\w)")
_KEPT = re.compile(
    r"(?<![\d.])\d\.\d{6}(?:\.\d{3}\.\d\d\.\d\d\.h\d\d(?:\.\d\d)?)?(?![\d])"  # code of a procedure
    r"|(?<![\d/])\d{1,4}/\d{4}/[a-z]+"  # number of a legal document
    r"|(?<![\d.-])\d{1,2}([.-])\d{1,2}\1\d{4}(?![\d.-]?\d)"  # day
    r"|https?://[^\s]{1,300}"
)
_PHONE = re.compile(r"(?:0[35789]\d{8}|0[12]\d{8,9}|840?[35789]\d{8}|840?2\d{9})")
_SHAPES = {
    "cccd": re.compile(r"\d{12}"),
    "cmnd": re.compile(r"\d{9}"),
    "phone": re.compile(rf"{_PHONE.pattern}|[35789]\d{{8}}"),
    "account": re.compile(r"\d{8,19}"),
    "taxcode": re.compile(r"\d{10}(?:\d{3})?"),
    "health": re.compile(r"\d{10}"),
}
_CARD = re.compile(r"9704\d{12}(?:\d{3})?")
_ANNOUNCED = re.compile(
    r"\b(?:so cuoi|so duoi|duoi|cuoi(?= (?:la|can cuoc|cccd|cmnd|mst)))"
    r"(?:\W+(?:cung|la|so|can cuoc|cong dan|cccd|cmnd|dinh danh|ca nhan|ma|thue|mst|cua|toi|tui|em|e|minh|chu|ho so))*"
    r"\W*$"
)
_COUNTRY = re.compile(r"[(+]{1,2} ?$")
_CLOCK = re.compile(r"\d[gh]|[gh]\d")
_NAMED_AFTER = re.compile(r"\W{0,3}(?:la )?(?:4|bon) so (?:cuoi|duoi)\b")


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits in a row at `start:end` of a reading."""

    digits: str
    start: int
    end: int


def numbers(reading: Reading) -> Iterator[Found]:
    """The numbers of nine digits and more that are somebody's."""
    kept = [match.span() for match in _KEPT.finditer(reading.plain)]
    after = 0
    for groups in _groups(reading):
        i = 0
        while i < len(groups):
            taken, kind, digits = _longest(reading, groups, i, after)
            start, end = groups[i].start, groups[i + max(taken, 1) - 1].end
            if taken and not any(s < end and start < e for s, e in kept):
                yield _found(reading, start, end, kind, digits)
                after = end
            i += max(taken, 1)


def last_four(reading: Reading, after: frozenset[int]) -> Iterator[Found]:
    """Four digits that are somebody's: alone in the message, announced as the last ones, or at a place in `after`.

    after: where dossier codes end in `reading`.
    """
    for groups in _groups(reading):
        start, end = groups[0].start, groups[-1].end
        digits = "".join(group.digits for group in groups)
        if len(digits) == 4 and _is_last_four(reading, start, end, after):
            yield reading.found(start, end, "digits4", digits)


def _found(reading: Reading, start: int, end: int, kind: str, digits: str) -> Found:
    if kind != "phone":
        return reading.found(start, end, kind, digits)
    before = _COUNTRY.search(reading.plain, max(0, start - 3), start)
    return reading.found(before.start() if before else start, end, kind, _national(digits))


def _is_last_four(reading: Reading, start: int, end: int, after: frozenset[int]) -> bool:
    if _CLOCK.search(reading.plain, start, end):
        return False
    if _ANNOUNCED.search(reading.plain[max(0, start - _WINDOW) : start]) or _NAMED_AFTER.match(reading.plain, end):
        return True
    behind = start
    while behind and behind not in after and reading.plain[behind - 1] in " ,;:-":
        behind -= 1
    if behind in after:
        return True
    alone = len(reading.plain) < 80 and not _MEASURED.match(reading.plain, end)
    return alone and all(start <= w.start < end or w in wordlist("fillers") for w in reading.words)


def _groups(reading: Reading) -> Iterator[list[_Run]]:
    """Rows of digit groups between which stand only separators; then numbers that letters are stuck to."""
    symbols = reading.symbols
    for run in _RUN.finditer(symbols.text):
        pieces = re.finditer(r"\d+", run[0])
        yield [
            _Run(p[0], symbols.spans[run.start() + p.start()][0], symbols.spans[run.start() + p.end() - 1][1])
            for p in pieces
        ]
    for stuck in _STUCK.finditer(reading.plain):
        yield [_Run(stuck[0], *stuck.span())]


def _longest(reading: Reading, groups: list[_Run], i: int, after: int) -> tuple[int, str, str]:
    """How many groups from the i-th on make one number, its kind and its digits; 0 groups when none do."""
    context = _context(reading, max(after, groups[i].start - _WINDOW), groups[i].start)
    best = (0, "", "")
    digits = ""
    for n, group in enumerate(groups[i : i + 19], start=1):
        digits += group.digits
        if len(digits) > 19:
            break
        kind = _kind(digits, context, [g.digits for g in groups[i : i + n]])
        if kind and not _is_measure(reading, digits, group.end):
            best = (n, kind, digits)
            if n == 1 and len(digits) > 8 and not _continues_tax_code(groups, i):
                break
    return best


def _continues_tax_code(groups: list[_Run], i: int) -> bool:
    return len(groups[i].digits) == 10 and i + 1 < len(groups) and len(groups[i + 1].digits) == 3


def _context(reading: Reading, start: int, end: int) -> str | None:
    last = None
    for match in _CONTEXT.finditer(reading.plain, start, end):
        last = match.lastgroup
    return last


def _kind(digits: str, context: str | None, groups: list[str]) -> str | None:
    sizes = [len(group) for group in groups]
    if context and _SHAPES[context].fullmatch(digits):
        return context
    if len(digits) == 12 and (len(sizes) == 1 or (min(sizes) >= 3 and digits[0] == "0")):
        return "cccd"
    if _PHONE.fullmatch(digits):
        return "phone"
    if sizes in ([10], [10, 3]):
        return "taxcode"
    if _CARD.fullmatch(digits):
        return "account"
    return "cmnd" if sizes == [9] or (sizes == [3, 3, 3] and groups[2] != "000") else None


def _is_measure(reading: Reading, digits: str, end: int) -> bool:
    return digits[0] != "0" and bool(_MEASURED.match(reading.plain, end))


def _national(digits: str) -> str:
    """A Vietnamese telephone number as dialled at home: ``84901234567`` and ``901234567`` -> ``0901234567``."""
    if digits.startswith("84") and len(digits) > 10:
        return f"0{digits[2:].removeprefix('0')}"
    return digits if digits.startswith("0") else f"0{digits}"
