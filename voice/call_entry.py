"""Rows of digits: dossier codes, the second factor, short codes, telephone numbers; and their read-back."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.dossier_code import NotADossierCode, ParsedCode, parse_dossier_code, parse_keypad_code
from voice import speakable
from voice.call_ladders import missed
from voice.call_people import take_callback, to_person
from voice.call_prompts import Call, enter
from voice.call_state import CallStep, CarryOn, Line, LookUp
from voice.digits_heard import code_heard
from voice.procedure_menu import find_short_code

_PHONE = re.compile(r"0\d{9,10}")
_WHOLE = (12, 10)
CODE_DIGITS = 6
PREFIXES = {"2": "G22", "3": ""}


def entered(call: Call, digits: str) -> CallStep:
    """A row of digits was pressed in an entry state; 0 alone asks for a person there too."""
    if digits == "0":
        return to_person(call)
    match call.state.name:
        case "code":
            return _checked(call, read_keys(digits, call.state.prefix, call.world.province_code))
        case "number":
            return _number(call, digits)
        case "short_code":
            found = find_short_code(digits, call.book)
            return chosen_entry(call, *found) if found else missed(call)
        case "move":
            return _carry_on(call, digits)
        case _:
            return _contact(call, digits)


def choose_prefix(call: Call, key: str) -> CallStep:
    """The letters at the head of the code were chosen from the short list."""
    return enter(call.but(prefix=PREFIXES.get(key, call.world.province_code)), "code")


def read_keys(digits: str, prefix: str, province: str) -> ParsedCode | NotADossierCode:
    """The code of pressed digits; callers may press the digits of the prefix again or leave them out."""
    head = prefix[1:]
    rows = [digits] if not head or digits.startswith(head) else []
    rows.append(f"{head}{digits}")
    readings = [parse_keypad_code(row, province) for row in dict.fromkeys((*rows, digits))]
    found = next((r for r in readings if isinstance(r, ParsedCode)), None)
    return found or _why_not(prefix[:1] or "H", rows[-1])


def _why_not(letter: str, row: str) -> ParsedCode | NotADossierCode:
    """Why a row of digits is no code: the last four are the number, the six before them the day."""
    unit, day, number = row[:-10], row[-10:-4], row[-4:]
    parts = ".".join(re.findall(r"\d\d?", unit))
    return parse_dossier_code(f"{letter}{parts}-{day}-{number}")


def spoken_code(text: str, province: str, *, expected: bool) -> ParsedCode | None:
    """The dossier code in a spoken sentence. expected: the caller was asked for one, so near-digits count as digits."""
    parsed = parse_dossier_code(text)
    if isinstance(parsed, ParsedCode):
        return parsed
    if not expected:
        return None
    heard = code_heard(text)
    reading = parse_keypad_code(heard, province) if len(heard) >= 10 else parsed
    return reading if isinstance(reading, ParsedCode) else None


def read_back(call: Call, code: str) -> CallStep:
    """Say a code back in groups and ask whether it is right."""
    return enter(call.but(code=code), "code_check")


def _checked(call: Call, parsed: ParsedCode | NotADossierCode) -> CallStep:
    if isinstance(parsed, ParsedCode):
        return read_back(call, parsed.code)
    reasons = call.book.prompts["said"]["code_reasons"]
    return missed(call, "", Line(reasons.get(parsed.reason, reasons["none"])))


def confirmed(call: Call, key: str) -> CallStep:
    """The answer to a read-back: 1 goes on, 2 corrects once and then calls a person."""
    if key == "1":
        return enter(call, "number") if call.state.name == "code_check" else take_callback(call)
    again = call.but(corrections=call.state.corrections + 1, keys_only=True)
    if again.state.corrections > 1:
        return to_person(again, call.said("to_person"))
    if call.state.name == "contact_check":
        return enter(again.but(text=""), "contact", back=False)
    return enter(again.but(code=""), "code" if call.state.prefix else "dossier", back=False)


def _number(call: Call, digits: str) -> CallStep:
    fits = len(digits) in _WHOLE if call.world.whole_number else len(digits) == 4
    if not fits or not digits.isdigit():
        return missed(call)
    return CallStep(replace(call.state, outcome="dossier"), effect=LookUp(call.state.code, digits))


def _carry_on(call: Call, digits: str) -> CallStep:
    if len(digits) != CODE_DIGITS or not digits.isdigit():
        return missed(call)
    return CallStep(call.state, effect=CarryOn(digits))


def _contact(call: Call, digits: str) -> CallStep:
    if not _PHONE.fullmatch(digits):
        return missed(call)
    return enter(call.but(text=digits), "contact_check")


def chosen_entry(call: Call, entry: str, title: str) -> CallStep:
    """A procedure was chosen by key: ask which part of it."""
    topics = (*call.state.topics, speakable.speak(title))[-4:]
    return enter(call.but(entry=entry, topics=topics), "aspects")
