"""The table of rewrites that make written Vietnamese speakable, most particular first."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from knowledge.text_file import read_yaml
from voice.codes_said import LETTERS, code, phone
from voice.numbers_said import DIGITS, day_of_month, decimal, digits, grouped, month, number

_KINDS = {
    "NĐ": "nghị định", "TT": "thông tư", "TTLT": "thông tư liên tịch", "QĐ": "quyết định", "NQ": "nghị quyết",
    "CT": "chỉ thị", "QH": "luật", "UBTVQH": "nghị quyết", "PL": "pháp lệnh", "CV": "công văn", "TB": "thông báo",
}  # fmt: skip
_UNITS = {
    "m2": "mét vuông", "m²": "mét vuông", "m3": "mét khối", "m³": "mét khối", "km": "ki lô mét", "cm": "xăng ti mét",
    "mm": "mi li mét", "kg": "ki lô gam", "m": "mét", "ha": "héc ta", "MB": "mê ga bai", "KB": "ki lô bai",
    "GB": "ghi ga bai", "cm3": "xăng ti mét khối", "kW": "ki lô oát", "l": "lít",
}  # fmt: skip
_ROMAN = {
    row: value
    for value, row in enumerate(
        ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"],
        start=1,
    )
}
_SPELLED = {
    "B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "F": "ép", "G": "giê", "H": "hát", "J": "di", "K": "ca", "L": "en lờ",
    "M": "em mờ", "N": "en nờ", "P": "pê", "Q": "quy", "R": "e rờ", "S": "ét", "T": "tê", "V": "vê", "X": "ích",
    "Z": "dét",
}  # fmt: skip
_SCALES = {"k": "nghìn", "K": "nghìn", "nghìn": "nghìn", "ngàn": "nghìn", "triệu": "triệu", "tr": "triệu", "tỷ": "tỷ"}
_SITE_PARTS = {"dichvucong": "dịch vụ công", ".gov": ".gốp", ".vn": ".vê en", "-": " ", ".": " chấm "}
_COUNTED = "ngày|đồng|người|trường|loại|nghìn|giờ|bản|mét"
_HEADED = ("nghị định", "thông tư", "quyết định", "nghị quyết", "chỉ thị", "luật", "pháp lệnh", "công văn", "số")
_HEADED_SHORT = ("nđ", "tt", "nq", "qđ")
_CODE = r"[HG]\d{2}(?:\.\d{1,3}){0,4}"


Rewrite = tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str]


@lru_cache(maxsize=1)
def rewrites() -> tuple[Rewrite, ...]:
    """The rewrites in the order they are applied."""
    scale = "|".join(sorted(_SCALES, key=len, reverse=True))
    unit = "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
    year, issuer, headed = r"(?:19|20)\d\d", r"[A-ZĐ][\wĐđ]*(?:-[A-ZĐ]\w*)*", "|".join((*_HEADED, *_HEADED_SHORT))
    kinds = "|".join(sorted(_KINDS, key=len, reverse=True))
    table: list[tuple[str, Callable[[re.Match[str]], str] | str]] = [
        (r"\b[Aa]nh/chị\b", lambda m: m[0].replace("/", " ")),
        (r"\bvà/hoặc\b", "và hoặc"),
        (r"https?://(?:www\.)?(\S+?)(?=[.,;)]?(?:\s|$))", lambda m: _site(m[1])),
        (r"\b(?:www\.)?((?:[a-z0-9-]+\.)+(?:gov\.vn|vn|com))\b(?:/\S*)?", lambda m: _site(m[1])),
        (rf"(?P<head>(?i:{headed})\s+(?:số\s+)?)?(?P<no>\d+(?:\.\d+)?)/(?:(?P<year>{year})/)?(?P<kind>{kinds})\d*(?:-{issuer})?",
         _law),
        (rf"\b(?P<head>(?i:{headed})\s+(?:số\s+)?)(?P<no>\d+)/(?P<year>{year})(?![/\d])", _law),
        (rf"\b({_CODE}-\d{{6}}-\d{{4,6}})\b", lambda m: code(m[1])),
        (r"\b(\d)\.(\d{6})\b", lambda m: f"{digits(m[1])}, {grouped(m[2], 3)}"),
        (r"\blocal-(\d{3})\b", lambda m: digits(m[1])),
        (r"(?P<word>[Tt]háng )\b(\d{1,2})-(\d{1,2})[/-]((?:19|20)\d\d)\b",
         lambda m: f"{m[1]}{month(int(m[2]))} đến tháng {month(int(m[3]))} năm {number(int(m[4]))}"),
        (r"(?P<word>[Nn]gày |[Mm]ùng )?\b(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>(?:19|20)\d\d)\b", _date),
        (r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?P<word>)\b", _date),
        (r"(?P<word>[Tt]háng )?\b(?P<m>\d{1,2})/(?P<y>(?:19|20)\d\d)\b",
         lambda m: f"{m['word'] or 'tháng '}{month(int(m['m']))} năm {number(int(m['y']))}"),
        (r"(?P<word>[Nn]gày |[Mm]ùng )(?P<d>\d{1,2})/(?P<m>\d{1,2})\b(?P<y>)", _date),
        (r"(?P<word>[Nn]gày )?(?:mùng )?\b(?P<d>\d{1,2}) tháng (?P<m>\d{1,2})(?: năm (?P<y>\d{4}))?\b", _said_date),
        (r"\b[Tt]háng (\d{1,2})\b", lambda m: f"{m[0][:6]}{month(int(m[1]))}"),
        (r"\b[Qq]uý ([IV]+)\b", lambda m: f"{m[0][:4]}{number(_ROMAN[m[1]])}" if m[1] in _ROMAN else m[0]),
        (r"\b(\d{1,2})(?:h|:)(\d{2})\b", lambda m: _clock(m[1], m[2])),
        (r"\b(\d{1,2})h\b", lambda m: f"{number(int(m[1]))} giờ"),
        (r"\b(\d{1,2}) giờ (\d{1,2})(?: phút)?\b", lambda m: _clock(m[1], m[2])),
        (r"\b[Tt]hứ ([1-9])\b", lambda m: f"{m[0][:4]}{_ordinal(int(m[1]))}"),
        (r"\b([Kk]hoản|[Đđ]iểm|[Đđ]iều|[Cc]hương|[Mm]ục|[Ll]oại|[Pp]hần|[Bb]ậc|[Cc]ấp|[Nn]hóm|[Pp]hụ lục) ([IVX]+)\b",
         _roman),
        (rf"(?<![\w.,])(\d+)\s?[x×]\s?(\d+)(?: ?({unit}))?(?!\w)", _sides),
        (rf"(?<![\w.,])(\d+)\s*[-–]\s*(\d+) ?({scale})(?: ?(đồng|đ))?(?!\w)", _scaled_range),
        (rf"(?<![\d.,])(\d[\d.]*(?:,\d+)?) ?({scale})(?: ?(?:đồng|đ|VNĐ|VND))?\b(?! \d)", _scaled),
        (r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+) ?(?:đồng|đ|₫|VNĐ|VND)(?:/(\w+))?(?!\w)", _money),
        (r"(?<![\w.,])(\d+(?:,\d+)?) ?%?\s*[-–]\s*(\d+(?:,\d+)?) ?%",
         lambda m: f"{_plain(m[1])} đến {_plain(m[2])} phần trăm"),
        (r"(?<![\d.,])(\d+(?:,\d+)?) ?%", lambda m: f"{_plain(m[1])} phần trăm"),
        (r"(?<![\d.])\+84[ .]?\d(?:[ .]?\d){8}(?!\d)|(?<![\d.])0\d(?:[ .-]?\d){8}(?!\d)", lambda m: phone(m[0])),
        (r"(?<![\d.])(1[89]00)[ .]?(\d{4})(?!\d)", lambda m: f"{_service(m[1])}, {grouped(m[2], 4)}"),
        (r"(?<![\d.])1[89]00[ .]?(\d{2})(\d{2})(\d{2})(?!\d)", lambda m: phone(m[0])),
        (r"(?<!\d)(\d{12})(?!\d)", lambda m: grouped(m[1], 3)),
        (r"(?<!\d)(\d{10}|\d{9}|\d{13})(?!\d)", lambda m: grouped(m[1], 3)),
        (rf"(?<![\d.,])(11[1-5])(?![\d.,/]\d|\d)(?! (?:{_COUNTED}))", lambda m: digits(m[1])),
        (rf"(?<![\w.,])(\d+(?:[.,]\d+)*)\s*[-–]\s*(\d+(?:[.,]\d+)*)\s?({unit})\b",
         lambda m: f"{_plain(m[1])} đến {_plain(m[2])} {_UNITS[m[3]]}"),
        (rf"(?<![\w.,])(\d+(?:[.,]\d+)*) ?({unit})(?!\w)", lambda m: f"{_plain(m[1])} {_UNITS[m[2]]}"),
        (r"(?<![\w.,])(\d+)\s*[-–]\s*(\d+)(?![\w-])", lambda m: f"{_plain(m[1])} đến {_plain(m[2])}"),
        (r"(?<![\d/])24/7(?![\d/])", "cả ngày đêm"),
        (r"\b([Hh]ạng|[Bb]ằng|[Mm]ẫu(?: số)?) ([A-Z])(\d)\b", lambda m: f"{m[1]} {_letter(m[2])} {digits(m[3])}"),
        (r"\b([Tt]ờ|[Gg]iấy|[Kk]hổ) (A[0-9])\b", lambda m: f"{m[1]} a {digits(m[2][1])}"),
        (r"\b([A-ZĐ]{1,6})(\d{1,2})((?:-[A-ZĐ]{1,6})*)(?![\w/])", lambda m: _form(m[1], m[2], m[3])),
        (r"(?<![\w/])(\d{1,2})((?:[- ][A-ZĐ]{2,6}){1,3})(?![\w/])", _numbered_form),
        (r"(?<![\w/])(\d+)/(\d+)(?![\d/])", lambda m: f"{number(int(m[1]))} trên {number(int(m[2]))}"),
        (r"(?<![\w.,])0\d+(?![\d.,]\d)", lambda m: digits(m[0])),
        (r"(?<![\w,])\d{1,3}(?:\.\d{3})+(?!\d)", lambda m: number(int(m[0].replace(".", "")))),
        (r"(?<![\w.])\d+,\d+(?!\d)", lambda m: decimal(m[0])),
        (r"\d+", lambda m: number(int(m[0]))),
        (_abbreviation_pattern(), lambda m: _abbreviations()[m[0]]),
        (rf"(?<!\w)[{''.join(_SPELLED)}]{{2,6}}(?!\w)", lambda m: _spelled(m[0])),
        (r"\s*\(([^()]*)\)", r", \1,"),
        (r"[“”\"«»*_#]", ""),
        (r"(?:^|(?<=\n))\s*- ", ""),
        (r"\s+[–—-]\s+", ", "),
        (r"(?<=\w)/(?=\w)", " "),
        (r"…|\.\.\.", "."),
        (r"\s*&\s*", " và "),
    ]  # fmt: skip
    return tuple((re.compile(pattern), said) for pattern, said in table)


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, str]:
    path = Path(__file__).with_name("speakable.yml")
    loaded: dict[str, str] = read_yaml(path)
    return loaded


def _abbreviation_pattern() -> str:
    names = sorted(_abbreviations(), key=len, reverse=True)
    return r"(?<!\w)(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)"


def _form(*parts: str) -> str:
    """The code of a form: letters by name, digits one by one."""
    return " ".join(digits(part) if part.isdigit() else _spelled(part) for part in parts if part)


def _numbered_form(match: re.Match[str]) -> str:
    """``05-ĐK-TCT``; a number before an abbreviation that is known stays a number."""
    names = match[2].replace("-", " ").split()
    if any(name in _abbreviations() or name in _UNITS or not set(name) <= set(_SPELLED) for name in names):
        return match[0]
    return _form(match[1], *names)


def _spelled(letters: str) -> str:
    return " ".join(_SPELLED.get(letter, letter.lower()) for letter in letters if letter.isalpha())


def _law(match: re.Match[str]) -> str:
    """``123/2015/NĐ-CP`` -> its kind unless it was named just before, its number, its year."""
    named = match["head"] or f"{_KINDS[match['kind']]} số "
    year = f", năm {number(int(match['year']))}" if match["year"] else ""
    said = " chấm ".join(number(int(part)) for part in match["no"].split("."))
    return f"{named}{said}{year}"


def _date(match: re.Match[str]) -> str:
    day, month_number = int(match["d"]), int(match["m"])
    if not (1 <= day <= 31 and 1 <= month_number <= 12):
        return match[0]
    word = "ngày " if (match["word"] or "").lower() != "ngày " else match["word"]
    year = f" năm {number(int(match['y']))}" if match["y"] else ""
    return f"{word}{day_of_month(day)} tháng {month(month_number)}{year}"


def _said_date(match: re.Match[str]) -> str:
    year = f" năm {number(int(match['y']))}" if match["y"] else ""
    return f"{match['word'] or ''}{day_of_month(int(match['d']))} tháng {month(int(match['m']))}{year}"


def _clock(hours: str, minutes: str) -> str:
    hour, minute = number(int(hours)), int(minutes)
    if minute == 0:
        return f"{hour} giờ"
    return f"{hour} giờ rưỡi" if minute == 30 else f"{hour} giờ {number(minute)} phút"


def _ordinal(value: int) -> str:
    return {1: "nhất", 4: "tư"}.get(value, DIGITS[value])


def _roman(match: re.Match[str]) -> str:
    value = _ROMAN.get(match[2])
    return f"{match[1]} {number(value)}" if value else match[0]


def _scaled(match: re.Match[str]) -> str:
    currency = " đồng" if re.search(r"(?:đồng|đ|VNĐ|VND|[kK])$", match[0]) else ""
    return f"{_plain(match[1])} {_SCALES[match[2]]}{currency}"


def _scaled_range(match: re.Match[str]) -> str:
    currency = " đồng" if match[4] or match[3] in "kK" else ""
    return f"{_plain(match[1])} đến {_plain(match[2])} {_SCALES[match[3]]}{currency}"


def _sides(match: re.Match[str]) -> str:
    unit = f" {_UNITS[match[3]]}" if match[3] else ""
    return f"{_plain(match[1])} nhân {_plain(match[2])}{unit}"


def _money(match: re.Match[str]) -> str:
    per = f" một {match[2]}" if match[2] else ""
    return f"{number(int(match[1].replace('.', '')))} đồng{per}"


def _plain(text: str) -> str:
    return decimal(text) if "," in text else number(int(text.replace(".", "")))


def _service(row: str) -> str:
    return f"một {DIGITS[int(row[1])]} không không"


def _letter(letter: str) -> str:
    return LETTERS.get(letter, letter.lower())


def _site(address: str) -> str:
    host = address.split("/", maxsplit=1)[0]
    for written, said in _SITE_PARTS.items():
        host = host.replace(written, said)
    return host
