"""Personal values with letters in them: e-mail, number plates, passports, health-insurance cards; and days of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from bot.personal.reading import Found, Reading
from bot.personal.wordlists import wordlist

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_SAID_EMAIL = re.compile(
    r"(?<!\w)[\w.]{1,40} a (?:cong|moc|vong) (?:\w{1,30} ){1,4}?(?:cham|dot) "
    r"(?:com|vn|net|org|edu|gov)(?: (?:cham|dot) vn)?\b"
)

_PLATE = re.compile(r"(?<![\w./-])[1-9]\d[ -]?[a-z](?:[a-z]|\d)?[ .-]{0,2}(?:\d{3}[. ]?\d{2}|\d{4})(?![\w/])")
_PLATE_NAMED = re.compile(r"\b(?:bien|bien so|bs|bien kiem soat|bks)(?: (?:xe|so|la|cu|moi|cua|toi|em|e))*\W{0,2}$")
_PLATE_SAID = re.compile(r"\b(?:bien so|bien kiem soat|bien)(?: (?:xe(?! [a-z0-9]+ ?$)|la|cua|toi|em|minh))*[:,]? ")

_PASSPORT = re.compile(r"(?<!\w)[a-z] ?\d{7,8}(?!\w)")
_PASSPORT_NAMED = re.compile(r"\b(?:ho chieu|passport|hc)\b[^.;?!]*$|\b(?:ho chieu|passport) no\. ?$")

_HEALTH = re.compile(r"(?<!\w)[a-z]{2}[ -]?[1-5](?:[ -]?\d){12}(?!\w)")

_NUMBER = r"(?:khong|mot|mung|mong|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi|linh|le)"
_WRITTEN_DAY = r"\d{1,2} ?[/.-] ?\d{1,2}(?: ?[/.-] ?\d{2,4})?(?!\w)"
_MIXED_DAY = r"\d{1,2} thang \d{1,2}(?: nam \d{4})?"
_SAID_DAY = rf"(?:{_NUMBER} ){{1,4}}thang {_NUMBER}(?: {_NUMBER}(?! {_NUMBER}\w)){{0,2}}(?: nam(?: {_NUMBER}){{2,7}})?"
_BORN = re.compile(
    r"\b(?:sinh ngay|ngay sinh|ngay thang nam sinh|sinh|sn)"
    r"(?: (?:cua|la|toi|tui|em|e|minh|con|be|me|ba|bo|vo|chong|chau|vao|ngay)){0,4}\W{0,3}"
    rf"(?P<day>{_WRITTEN_DAY}|{_MIXED_DAY}|{_SAID_DAY})"
)


def documents(reading: Reading) -> Iterator[Found]:
    """Everything this module knows, rule by rule."""
    for pattern in (_EMAIL, _SAID_EMAIL):
        for match in pattern.finditer(reading.plain):
            yield reading.found(*match.span(), "email", reading.shown[slice(*match.span())].lower())
    for match in _BORN.finditer(reading.plain):
        yield reading.found(*match.span("day"), "birthdate")
    for match in _HEALTH.finditer(reading.plain):
        yield reading.found(*match.span(), "health", _compact(match[0]))
    for match in _PASSPORT.finditer(reading.plain):
        if _PASSPORT_NAMED.search(_before(reading, match.start())):
            yield reading.found(*match.span(), "passport", _compact(match[0]))
    yield from _plates(reading)


def _plates(reading: Reading) -> Iterator[Found]:
    for match in _PLATE.finditer(reading.plain):
        shown = reading.shown[slice(*match.span())]
        certain = any(c.isupper() for c in shown) and sum(c.isdigit() for c in shown) >= 7
        if certain or _PLATE_NAMED.search(_before(reading, match.start())):
            yield reading.found(*match.span(), "plate", _compact(match[0]))
    for match in _PLATE_SAID.finditer(reading.plain):
        end = _said_plate(reading, match.end())
        if end:
            yield reading.found(match.end(), end, "plate")


def _said_plate(reading: Reading, start: int) -> int:
    """Where the plate that is read out from `start` on ends; 0 when there is none."""
    first = reading.word_at(start)
    said = reading.words[first : first + 14]
    letters, numerals = wordlist("said_letters"), wordlist("said_digits")
    said = list(takewhile(lambda word: word in letters or word in numerals, said))
    digits = [word.end for word in said if word in numerals]
    return digits[-1] if 5 <= len(digits) < len(said) else 0


def _before(reading: Reading, start: int) -> str:
    return reading.plain[max(0, start - 40) : start]


def _compact(value: str) -> str:
    return re.sub(r"[ .-]", "", value).upper()
