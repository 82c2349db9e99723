"""A call while the store or the dialogue is away: a person, the hours, and procedures by their short codes.

Nothing is remembered between two posts; each address carries where the caller stands. What is said comes from memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from knowledge import compose
from knowledge.entry import Procedure
from knowledge.province import open_now
from knowledge.vocabulary import Aspect
from voice.call_state import Line, Listen
from voice.line import Telephone
from voice.procedure_menu import find_short_code
from voice.speakable import message_chunks, speak
from voice.twiml import render_ask, render_lines

PARTS: dict[str, Aspect] = {"1": "documents", "2": "fee", "3": "place"}
ANOTHER = "4"
_KEY, _ROW = Listen(timeout=8), Listen(digits=7, finish="#", timeout=8)


def apology(phone: Telephone, at: datetime) -> str:
    """The first words when something is broken: the operators while they work, else what can be done by keys."""
    if phone.carrier.operators and open_now(phone.profile, at):
        return render_lines((phone.book().said("fallback_dial"),), phone.carrier, dialled=_url(phone, "dialled"))
    return _choice(phone, (phone.book().said("fallback", **phone.values()),))


def go_on(phone: Telephone, query: Mapping[str, str], values: Mapping[str, str], at: datetime) -> str:
    """The next words. query: where the caller stands; values: what the carrier posted."""
    digits = values.get("Digits", "")
    match query.get("step", ""):
        case "dialled":
            talked = values.get("DialCallStatus") == "completed"
            return _goodbye(phone) if talked else _choice(phone, (phone.book().said("fallback", **phone.values()),))
        case "choice" | "part" if digits == "0":
            return apology(phone, at)
        case "choice":
            return _code(phone) if digits == "1" else _goodbye(phone)
        case "code":
            return _entry(phone, digits)
        case "part":
            return _part(phone, query.get("entry", ""), digits)
        case _:
            return apology(phone, at)


def _choice(phone: Telephone, lead: tuple[Line, ...]) -> str:
    lines = (*lead, phone.book().said("fallback_choice"))
    return render_ask(lines, _url(phone, "choice"), _KEY, phone.carrier)


def _code(phone: Telephone, *lead: Line) -> str:
    return render_ask((*lead, phone.book().said("fallback_code")), _url(phone, "code"), _ROW, phone.carrier)


def _entry(phone: Telephone, digits: str) -> str:
    if not digits:
        return _goodbye(phone)
    found = find_short_code(digits, phone.book())
    if found is None:
        return _code(phone, phone.book().line("short_code", "retry", {}))
    return _ask_part(phone, *found)


def _ask_part(phone: Telephone, entry: str, title: str, *lead: Line) -> str:
    lines = (*lead, phone.book().said("fallback_part", title=speak(title)))
    return render_ask(lines, _url(phone, "part", entry=entry), _KEY, phone.carrier)


def _part(phone: Telephone, entry: str, digits: str) -> str:
    found = phone.knowledge.entries.get(entry)
    if digits == ANOTHER:
        return _code(phone)
    if digits not in PARTS or not isinstance(found, Procedure):
        return _goodbye(phone)
    said = message_chunks(compose.message(found, PARTS[digits], phone.profile))
    return _ask_part(phone, entry, found.title, *(Line(piece) for piece in said))


def _goodbye(phone: Telephone) -> str:
    return render_lines((phone.book().said("goodbye"),), phone.carrier)


def _url(phone: Telephone, step: str, **more: str) -> str:
    return f"{phone.carrier.base}/voice/fallback?{urlencode({'step': step, **more})}"
