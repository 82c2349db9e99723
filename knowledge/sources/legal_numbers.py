"""Official numbers of legal documents, found in the portal's flattened table of the legal basis.

A row of that table is a title and a number with nothing between them; a title may itself name other documents, which
it amends and which are not the legal basis. A number belongs to the number cell when it touches what comes next.
"""

from __future__ import annotations

import re
import unicodedata

HEAD = "Tên văn bản pháp lýMã văn bản"
_CELL_END = "\x1f"
_ISSUER_CODES = (
    "BTC BTP BCA BQP BXD BGTVT BNN BNNPTNT BNN&PTNT BNNMT BTNMT BYT BCT BKHĐT BKHCN BTTTT BLĐTBXH BGDĐT BVHTTDL BVHTT "
    "BNV BNG BTS BLN BTM BDTTG BKH NHNN TTCP UBDT BTDTTG VPCP VPQH TANDTC VKSNDTC KTNN BHXH BCN TLĐ CP TTg TW UBND "
    "HĐND HĐTP HĐBT CTN TCHQ TCT TCCP UBTDTT BBCVT"
)
_ISSUERS = sorted(re.findall(r"\S+", _ISSUER_CODES), key=len, reverse=True)
_ISSUER = rf"(?:{'|'.join(map(re.escape, _ISSUERS))})"
_SUFFIX = (
    rf"(?:QĐ-NHNN\d\d?(?={_CELL_END})|QH\d\d|(?:PL-|NQ-)?UBTVQH\d\d|NQ-QH\d\d|TTLT[-/]{_ISSUER}(?:[-/–]{_ISSUER})*"
    rf"|(?:TT|QĐ|NQ|NĐ|ND|CT|VBHN|NQLT|PL|L|QC|HD|KH|CV|TB)[-/]{_ISSUER}(?:-{_ISSUER})*|NĐ-C|{_ISSUER}"
    r"|(?:TT|QĐ|NQ|NĐ)[-/][A-ZĐ]{2,8}(?![A-ZĐa-zà-ỹ]))"
)
NUMBER = re.compile(rf"(?P<digits>\d+(?:\.\d{{1,2}})?\.?[a-zđ]?)/(?P<rest>(?:(?:19|20)\d\d/)?{_SUFFIX})")
_YEAR_ONLY = re.compile(r"(?:19|20)\d\d/(?!\d)")
_TWICE = re.compile(r"(\d[\w.&-]{0,6}/[\w./&-]{3,40}?)\1")
_KIND = r"(?:Luật|Luất|Bộ luật|Nghị định|Thông tư(?: liên tịch)?|Nghị quyết|Quyết định|Pháp lệnh|Chỉ thị)"
_PREFIXED = re.compile(rf"(?:^|[^\s(,“\"]){_KIND}(?: số)? $|[^\s(,]số $")


def legal_numbers(text: str) -> tuple[str, ...]:
    """The numbers of the table's number cells, each once, in the table's order."""
    text = unicodedata.normalize("NFC", text).removeprefix(HEAD)
    text = _TWICE.sub(rf"\1{_CELL_END}", text)
    numbers = [_number(match) for match in NUMBER.finditer(text) if _is_cell(text, match)]
    return tuple(number for number in dict.fromkeys(numbers) if not _YEAR_ONLY.match(number))


def _is_cell(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() : match.end() + 1]
    if after == _CELL_END or not text[match.end() :].strip(" .;\n\t"):
        return True
    if after.isalpha():
        return not text.startswith("ngày", match.end())
    return _starts_cell(text, match)


def _starts_cell(text: str, match: re.Match[str]) -> bool:
    """Whether nothing separates the number, or the kind of document before it, from the title before it."""
    start = match.start()
    if _PREFIXED.search(text[:start][-40:]):
        return True
    if len(match["digits"]) > 4 and _years(match["digits"]):
        return True
    before = text[start - 1 : start]
    touches = start == 0 or before.isalpha() or before in f'.;)”"{_CELL_END}'
    return touches and not text[:start].endswith("số")


def _years(digits: str) -> bool:
    return digits[:2] in ("19", "20") and len(digits.partition(".")[0]) > 4


def _number(match: re.Match[str]) -> str:
    """The number without a year that ended the title before it: ``202323/2023/QH15`` is 23/2023/QH15."""
    digits = match["digits"]
    return f"{digits[4:] if _years(digits) else digits}/{match['rest']}"
