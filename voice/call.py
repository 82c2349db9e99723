"""The flow of a call as a pure function over the table of `menu.yml`: ``next_step(state, input) -> CallStep``.

A step either names an effect to run, whose result is the next input, or says something and then listens or ends. The
keys 0, *, # and 9 mean the same everywhere: a person, back, repeat, slower; while a row of digits is entered # ends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from voice.book import Book, MenuState
from voice.call_answers import answered, looked_up, papers_sent
from voice.call_entry import choose_prefix, chosen_entry, confirmed, entered, read_back, spoken_code
from voice.call_ladders import missed, silent
from voice.call_people import goodbye, person_leg_ended, promised, record, recorded, take_callback, to_person
from voice.call_prompts import ELSEWHERE, MORE, PAPERS, PAUSED, Call, enter, page_of, stay
from voice.call_state import (
    Answered,
    Ask,
    Began,
    CallState,
    CallStep,
    CodeRefused,
    Input,
    Keys,
    Line,
    LookedUp,
    PapersSent,
    PersonLegEnded,
    Recorded,
    SendPapers,
    Settled,
    Silence,
    Speech,
    TicketTaken,
    World,
)  # fmt: skip
from voice.digits_heard import holds_number
from voice.heard import POSSIBLE, SURE, asks_for_person, rank

FREE_SURE = 0.86
SHORT = 5
MARGIN = 0.2


def next_step(state: CallState, heard: Input, book: Book, world: World) -> CallStep:
    """What happens after one input. Pure: the same four values always give the same step."""
    call = Call(state, book, world)
    if world.pause and not call.place.people and isinstance(heard, Keys | Speech | Silence):
        return _interrupted(call.but(name=PAUSED), heard)
    return _AFTER[type(heard)](call, heard)


def _interrupted(call: Call, heard: Keys | Speech | Silence) -> CallStep:
    """The assistant pauses in mid-call: keys meant another question, but words and the key for a person still count."""
    if isinstance(heard, Speech) or heard == Keys("0"):
        return _AFTER[type(heard)](call, heard)
    return enter(call, PAUSED, back=False)


def _begin(call: Call, heard: Began) -> CallStep:
    text = str(call.book.prompts["greeting"])
    greeting = Line(text.format_map(call.world.values), "greeting")
    urgent = (Line(call.world.banner),) if call.world.banner else ()
    if call.world.pause:
        return enter(call, PAUSED, greeting, *urgent, back=False)
    if call.world.overloaded:
        return enter(call, "busy", greeting, *urgent, call.said("overloaded"), back=False)
    return enter(call, "main", greeting, *urgent, back=False)


def _pressed(call: Call, digits: str) -> CallStep:
    if not digits:
        return silent(call)
    if call.place.kind == "entry":
        return _back(call) if "*" in digits else entered(call, digits)
    key = digits[0]
    if key in _EVERYWHERE:
        return _EVERYWHERE[key](call)
    return _chosen(call, key) if call.place.kind == "choice" else _listed(call, key)


def _back(call: Call) -> CallStep:
    trail = call.state.back
    back = call.but(back=trail[:-1], chunk=0, page=0, code="", text="")
    target = trail[-1] if trail else "main"
    return enter(back, _BEFORE.get(target, target), back=False)


def _slower(call: Call) -> CallStep:
    return stay(call.but(slow=True), call.said("slower"))


def _chosen(call: Call, key: str) -> CallStep:
    """A key of a state whose keys stand in `menu.yml`."""
    target = call.place.keys.get(key)
    if target is None:
        return missed(call)
    if call.state.name in _DECIDING:
        return _DECIDING[call.state.name](call, key)
    if target in _LEADING:
        return _LEADING[target](call, key)
    return enter(call.but(page=0, chunk=0), target, back=target != "main")


def _private(call: Call, key: str) -> CallStep:
    return stay(call.but(keys_only=True, speech_refused=True), call.said("keys_only"))


def _aspect(call: Call, key: str) -> CallStep:
    aspect = call.book.menu.aspects[call.state.name][key]
    return _ask(call, f"/ask{json.dumps({'entry': call.state.entry, 'aspect': aspect})}", keys=True)


def _after_status(call: Call, key: str) -> CallStep:
    step = stay(call)
    return CallStep(step.state, (Line(call.state.chunks[-1]), call.book.line("dossier_told", "ask", {})), step.listen)


def _callback(call: Call, key: str) -> CallStep:
    return enter(call.but(text=""), "callback" if call.world.caller_known else "contact")


def _complaint(call: Call, key: str) -> CallStep:
    return enter(call.but(category=call.book.menu.complaints[key]), "complaint_how")


def _listed(call: Call, key: str) -> CallStep:
    """A key of a state whose choices come from the knowledge base or the conversation."""
    state = call.state
    shown, more = page_of(call)
    if state.name == "answer" and state.chunk + 1 < len(state.chunks):
        if key == "1":
            return stay(call.but(chunk=state.chunk + 1))
        shown = ()
    if key == ELSEWHERE and state.name == "answer":
        return _ask(call, "/move", keys=True)
    if key == PAPERS and state.name == "answer" and state.joined and state.entry:
        return CallStep(state, effect=SendPapers(state.entry))
    if key == MORE:
        return stay(call.but(page=state.page + 1)) if more else enter(call, "main", back=False)
    if not key.isdigit() or not 0 < int(key) <= len(shown):
        return missed(call)
    return _pick(call, *shown[int(key) - 1])


def _pick(call: Call, title: str, chosen: str) -> CallStep:
    state = call.state
    if state.name == "groups":
        return enter(call.but(group=int(chosen), page=0), "entries")
    if state.name == "entries":
        return chosen_entry(call, chosen, title)
    if chosen.startswith("key:"):
        return _pressed(call.but(name=state.back[-1], back=state.back[:-1]), chosen.removeprefix("key:"))
    return _ask(call, chosen, keys=True)


def _spoken(call: Call, text: str) -> CallStep:
    """Speech: a phrase of the state is a key; a dossier code is read back; the rest goes to the conversation."""
    place, province = call.place, call.world.province_code
    if call.state.keys_only or not place.speech or not text.strip():
        return missed(call, text)
    found = spoken_code(text, province, expected=place.code_speech) if place.free or place.code_speech else None
    if found:
        return read_back(call, found.code)
    if place.free and holds_number(text):
        return enter(call, "dossier", call.said("code_unclear"))
    if asks_for_person(text, call.book.menu.states["main"].phrases["0"]):
        return to_person(call)
    ranked = rank(text, _phrases(call))
    likeness, key = ranked[0] if ranked else (0.0, "")
    if likeness < FREE_SURE and place.free:
        return _ask(call, text, keys=False)
    second = ranked[1][0] if ranked[1:] else 0.0
    clearly_best = likeness >= POSSIBLE and likeness - second > MARGIN and len(text.split()) <= SHORT
    return _pressed(call, key) if likeness >= SURE or place.free or clearly_best else missed(call, text)


def _phrases(call: Call) -> list[tuple[str, tuple[str, ...]]]:
    listed = [(str(n), (title,)) for n, (title, _) in enumerate(page_of(call)[0], start=1)]
    menu, place = call.book.menu, call.place
    keys = sorted({*place.keys, "0"})
    spoken = [(k, (*place.phrases.get(k, ()), f"phím {menu.keys_said[k]}", f"số {menu.keys_said[k]}")) for k in keys]
    spoken += [(key, phrases) for key, phrases in menu.everywhere.items() if not _taken(place, phrases)]
    return [*listed, *spoken] if place.kind in ("list", "answer") else spoken


def _taken(place: MenuState, phrases: tuple[str, ...]) -> bool:
    """Whether a state gives one of the phrases to a key of its own."""
    return any(phrase in phrases for own in place.phrases.values() for phrase in own)


def _ask(call: Call, text: str, *, keys: bool) -> CallStep:
    return CallStep(call.state, effect=Ask(text, keys))


_EVERYWHERE: dict[str, Callable[[Call], CallStep]] = {"0": to_person, "*": _back, "#": stay, "9": _slower}
_BEFORE = {"code_check": "dossier", "offer": "main", "number": "dossier", "contact_check": "contact"}
_DECIDING: dict[str, Callable[[Call, str], CallStep]] = {
    "dossier": choose_prefix,
    "code_check": confirmed,
    "contact_check": confirmed,
}
_LEADING: dict[str, Callable[[Call, str], CallStep]] = {
    "private": _private,
    "aspect": _aspect,
    "dossier_after": _after_status,
    "record": lambda call, key: record(call),
    "callback": _callback,
    "callback_taken": lambda call, key: take_callback(call),
    "complaint_how": _complaint,
}
_AFTER: dict[type, Callable[[Call, Any], CallStep]] = {
    Began: _begin,
    Silence: lambda call, heard: silent(call),
    Keys: lambda call, heard: _pressed(call, heard.digits),
    Speech: lambda call, heard: _spoken(call, heard.text),
    Answered: answered,
    LookedUp: looked_up,
    PapersSent: papers_sent,
    TicketTaken: promised,
    PersonLegEnded: person_leg_ended,
    Recorded: recorded,
    CodeRefused: lambda call, heard: missed(call, "", Line(heard.said)),
    Settled: lambda call, heard: goodbye(call),
}
