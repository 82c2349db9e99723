"""Recognises dossier codes in what citizens type and say, and says which other number a look-alike is.

Forms (shared by the one-stop systems of provinces and ministries): the unit that received the dossier, the day the
code was made as yyMMdd, and the number of that day.

- new: ``H56.14-240823-0001``, unit codes of decision 20/2020/QĐ-TTg;
- old: ``000.00.06.H56-231027-0361``, unit codes of QCVN 102:2016/BTTTT;
- interlinked: ``G22.99.08-260921-896048``, the national portal's joint procedures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.code_lookalikes import Lookalike, lookalike
from knowledge.code_symbols import read_symbols

Form = Literal["new", "old", "interlinked"]
Reason = Literal["empty", "date_invalid", "date_in_future", "date_too_old", "several_codes", "incomplete", "none"]

MAX_AGE_YEARS = 10
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """A well-formed dossier code in its canonical spelling. day: when the code was made, not the appointment day."""

    code: str
    form: Form
    unit: str
    day: date
    sequence: str


@dataclass(frozen=True, slots=True)
class NotADossierCode:
    """Why a text is not one dossier code."""

    reason: Reason | Lookalike


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Something shaped like a dossier or payment code at ``text[start:end]``.

    code: its canonical spelling, or the text as it stands when it is not a valid code.
    """

    start: int
    end: int
    code: str
    parsed: ParsedCode | NotADossierCode


_DATE = r"(?P<date>\d(?: ?\d){5})"
_NUMBER = r"(?P<number>\d{4,6}(?!\d)|\d(?: ?\d){3}(?! ?\d)|\d{1,3}(?!\d))"
_PAYMENT = re.compile(r"G22[. ]?99[. ]?3[- ]?\d{12}(?!\d)")
_EXPLICIT = tuple(
    map(
        re.compile,
        (
            rf"(?<![\d.])(?P<old>\d{{1,3}}\.\d{{1,2}}\.\d{{1,2}})[. ]?(?P<unit>[GH]\d\d)[- ]{_DATE}[- ]?{_NUMBER}",
            rf"(?<![\d.])(?P<old>0{{1,3}}\.\d{{1,2}}\.\d{{1,2}})\.(?P<unit>\d\d)-{_DATE}-{_NUMBER}",
            rf"(?P<unit>[GH]\d\d(?:\.\d{{1,3}}){{1,4}})[- ]{_DATE}[- ]?{_NUMBER}",
            rf"(?<![\d.])(?P<unit>\d\d(?:\.\d{{1,3}}){{1,4}})-{_DATE}-{_NUMBER}",
        ),
    )
)
_WITHOUT_UNIT = re.compile(rf"[GH]\d\d-{_DATE}-{_NUMBER}")
_PAIRS = r"\d{4,6}(?!\d)|\d\d \d\d(?: \d\d)?(?! ?\d)"
_TAIL = rf"[. -]?(?P<date>\d\d ?\d\d ?\d\d)(?:[. -]?(?P<number>{_PAIRS})|[- ](?P<short>\d{{1,3}})(?! ?\d))"
_GLUED = tuple(
    map(
        re.compile,
        (
            rf"(?<!\d)(?P<old>\d{{3}} ?\d\d ?\d\d) ?(?P<unit>[GH]\d\d){_TAIL}",
            *(rf"(?P<unit>[GH]\d\d(?:[. -]?\d\d){{{groups}}}){_TAIL}" for groups in range(1, 5)),
        ),
    )
)


def parse_dossier_code(text: str, today: date | None = None) -> ParsedCode | NotADossierCode:
    """The one dossier code in `text`, tolerant of spoken words, spaces, missing zeros and the letter O for 0.

    today: in Vietnam; the day in a code is never after it, nor more than `MAX_AGE_YEARS` before it.
    """
    if not text.strip():
        return NotADossierCode("empty")
    found = [span.parsed for span in find_dossier_codes(text, today)]
    codes = {parsed.code: parsed for parsed in found if isinstance(parsed, ParsedCode)}
    if codes:
        return next(iter(codes.values())) if len(codes) == 1 else NotADossierCode("several_codes")
    if found:
        return found[0]
    symbols = read_symbols(text).text
    other = lookalike(text, symbols)
    if other:
        return NotADossierCode(other)
    begun = re.search(r"[GH]\d\d|\d{6}[- ]\d{1,6}", symbols)
    return NotADossierCode("incomplete" if begun else "none")


def find_dossier_codes(text: str, today: date | None = None) -> list[CodeSpan]:
    """Everything in `text` that is shaped like a dossier code, in order, valid or not, and payment codes.

    A span covers whole words, so that nothing of the code is left when it is cut out.
    """
    today = today or datetime.now(VIETNAM).date()
    symbols = read_symbols(text)
    spans: list[CodeSpan] = []
    taken = [False] * len(symbols.text)
    for match, parsed in _candidates(symbols.text, today):
        if not any(taken[match.start() : match.end()]):
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            spans.append(_span(text, symbols.spans[match.start() : match.end()], parsed))
    return sorted(spans, key=lambda span: span.start)


def parse_keypad_code(digits: str, province: str, today: date | None = None) -> ParsedCode | NotADossierCode:
    """The dossier code of which a caller pressed only the digits.

    province: the unit code that callers may leave out, e.g. ``H56``. Parts of a unit code are read as two digits each,
    as the telephone has no dot; ``2299`` begins an interlinked dossier, ``000`` a code of the old form.
    """
    pressed = re.sub(r"\D", "", digits)
    if not pressed:
        return NotADossierCode("empty")
    readings = [f"H{pressed}", f"{province}{pressed}"]
    if pressed.startswith("000"):
        readings.append(f"{pressed[:7]}H{pressed[7:]}")
    elif pressed.startswith("2299"):
        readings.insert(0, f"G{pressed}")
    for reading in readings:
        parsed = parse_dossier_code(reading, today)
        if isinstance(parsed, ParsedCode):
            return parsed
    return parse_dossier_code(pressed, today)


def _candidates(symbols: str, today: date) -> Iterator[tuple[re.Match[str], ParsedCode | NotADossierCode]]:
    for match in _PAYMENT.finditer(symbols):
        yield match, NotADossierCode("payment_code")
    for pattern in _EXPLICIT:
        for match in pattern.finditer(symbols):
            yield match, _parsed(match, today)
    for pattern in _GLUED:
        for match in pattern.finditer(symbols):
            parsed = _parsed(match, today)
            if isinstance(parsed, ParsedCode):
                yield match, parsed
    for match in _WITHOUT_UNIT.finditer(symbols):
        yield match, NotADossierCode("incomplete")


def _span(text: str, words: tuple[tuple[int, int], ...], parsed: ParsedCode | NotADossierCode) -> CodeSpan:
    start, end = words[0][0], words[-1][1]
    return CodeSpan(start, end, parsed.code if isinstance(parsed, ParsedCode) else text[start:end], parsed)


def _parsed(match: re.Match[str], today: date) -> ParsedCode | NotADossierCode:
    groups = match.groupdict()
    day = _day(groups["date"].replace(" ", ""), today)
    if isinstance(day, NotADossierCode):
        return day
    unit = _unit(groups.get("old"), groups["unit"])
    number = re.sub(r"\D", "", groups["number"] or groups["short"]).zfill(4)
    form: Form = "old" if groups.get("old") else "interlinked" if unit.startswith("G22.99") else "new"
    return ParsedCode(f"{unit}-{day:%y%m%d}-{number}", form, unit, day, number)


def _unit(old: str | None, unit: str) -> str:
    """The canonical unit code; a letter that the citizen left out is H, or G before the national portal's 22.99."""
    digits = re.sub(r"[. -]", "", unit)
    if old is not None:
        parts = old.split(".") if "." in old else _fixed(re.sub(r"\D", "", old), 3, 2, 2)
        padded = ".".join(part.zfill(width) for part, width in zip(parts, (3, 2, 2), strict=True))
        return f"{padded}.{digits if digits[0] in 'GH' else 'H' + digits}"
    letter = unit if unit[0] in "GH" else f"G{unit}" if unit.startswith("22.99.") else f"H{unit}"
    if "." in letter and not re.search(r"[ -]|\d{4}", letter):
        return letter
    return ".".join((letter[:3], *re.findall(r"\d\d", letter[3:])))


def _fixed(digits: str, *widths: int) -> list[str]:
    parts, at = [], 0
    for width in widths:
        parts.append(digits[at : at + width])
        at += width
    return parts


def _day(digits: str, today: date) -> date | NotADossierCode:
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return NotADossierCode("date_invalid")
    if day > today:
        return NotADossierCode("date_in_future")
    if (today - day).days > MAX_AGE_YEARS * 366:
        return NotADossierCode("date_too_old")
    return day
