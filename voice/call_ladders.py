"""No input and no match: each rung says something else, counted across states, and the ladder ends at a person."""

from __future__ import annotations

from voice.call_people import goodbye, to_person
from voice.call_prompts import Call, enter, page_of, stay
from voice.call_state import CallStep, Line
from voice.heard import rank

LAST = ("closed", "busy", "callback", "contact", "contact_check", "voicemail", "complaint_how", "complaint_told")
SLOW_AFTER = 2
PATIENCE = 6


def silent(call: Call) -> CallStep:
    """Nothing was heard: an example, then keys only, then a person or a callback, then goodbye."""
    call = _counted(call.but(silences=call.state.silences + 1))
    count = call.state.silences
    if count == 1:
        return stay(call, variant="again")
    if count == 2:
        return stay(call.but(keys_only=True), variant="keys")
    if count == 3 and call.state.name not in LAST:
        return to_person(call, call.said("to_person"))
    return stay(call, variant="again") if count < 5 else _given_up(call, "no_input")


def missed(call: Call, heard: str = "", *lead: Line) -> CallStep:
    """What was heard fits nothing: say again, then the best two as keys, then the keypad, then a person."""
    call = _counted(call.but(misses=call.state.misses + 1))
    count = call.state.misses
    if count == 1:
        return stay(call, *lead, variant="retry")
    if count == 2:
        offered = _best_two(call, heard)
        if offered:
            return enter(call.but(listed=offered), "offer", *lead)
    if count <= 3:
        return stay(call.but(keys_only=True), *lead, variant="keys")
    if call.state.name not in LAST:
        return to_person(call, *lead, call.said("to_person"))
    return stay(call, *lead, variant="retry") if count < PATIENCE else _given_up(call, "no_match")


def _given_up(call: Call, why: str) -> CallStep:
    """The end of a ladder; what the call has come to before counts more than how it ended."""
    return goodbye(call, why if call.state.outcome == "none" else "")


def _best_two(call: Call, heard: str) -> tuple[tuple[str, str], ...]:
    shown = page_of(call)[0]
    if call.place.kind == "list":
        titles = {str(n): title for n, (title, _) in enumerate(shown, start=1)}
        best = rank(heard, [(key, (title,)) for key, title in titles.items()])[:2]
    else:
        titles = {key: phrases[0].capitalize() for key, phrases in call.place.phrases.items() if phrases and key != "0"}
        best = rank(heard, [(key, call.place.phrases[key]) for key in titles])[:2]
    return tuple((titles[key], f"key:{key}") for _, key in best)


def _counted(call: Call) -> Call:
    """After two misses the caller is given more time and slower speech."""
    slow = call.state.slow or call.state.silences + call.state.misses >= SLOW_AFTER
    return call.but(slow=slow)
