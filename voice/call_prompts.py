"""Enters a state: what is said there, and what the caller may press or say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from voice import codes_said, speakable
from voice.book import Book, MenuState
from voice.call_state import CallState, CallStep, Line, Listen, World
from voice.numbers_said import grouped
from voice.procedure_menu import PAGE

MORE = "4"
ELSEWHERE, PAPERS = "6", "7"
PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Call:
    """One call at one moment: where it stands, the words, and the world."""

    state: CallState
    book: Book
    world: World

    def but(self, **changes: Any) -> Call:
        """The same call with other values in its state."""
        return replace(self, state=replace(self.state, **changes))

    @property
    def place(self) -> MenuState:
        """The state of `menu.yml` where the call stands."""
        return self.book.menu.states[self.state.name]

    def said(self, name: str, **values: str) -> Line:
        """A sentence of no particular state."""
        return self.book.said(name, **(self.world.values | values))


def enter(call: Call, name: str, *lead: Line, variant: str = "ask", back: bool = True) -> CallStep:
    """Go to a state and ask its question. back: whether * leads back to where the call stands now.

    While the assistant pauses, every way that needs it leads to the state that says so.
    """
    if call.world.pause and not call.book.menu.states[name].people:
        return enter(call, PAUSED, back=False)
    state = call.state
    trail = state.back
    if back and state.name != name and call.place.kind != "end":
        trail = (*trail, state.name)[-6:]
    moved = call.but(name=name, back=trail)
    return CallStep(moved.state, (*lead, *question(moved, variant)), listen(moved))


def stay(call: Call, *lead: Line, variant: str = "ask") -> CallStep:
    """Ask the question of the present state in another wording."""
    return enter(call, call.state.name, *lead, variant=variant, back=False)


def question(call: Call, variant: str) -> tuple[Line, ...]:
    """What a state says. variant: `ask`, `again` (with an example), `keys` or `retry`."""
    state = call.state
    if state.name == "answer":
        return _answer(call, variant)
    asked = call.book.line(state.name, _variant(call, variant), values(call))
    if state.name == "dossier_told" and variant == "ask":
        return (Line(state.chunks[0]), asked)
    if call.place.kind == "list":
        return (asked, *options(call))
    return (asked,)


def _variant(call: Call, variant: str) -> str:
    if variant != "ask":
        return variant
    state = call.state
    if state.name == "code" and not state.prefix:
        return "all"
    if state.name == "number" and call.world.whole_number:
        return "whole"
    return "ask_keys" if state.name == "procedures" and not hears(call) else "ask"


def _answer(call: Call, variant: str) -> tuple[Line, ...]:
    state = call.state
    more = state.chunk + 1 < len(state.chunks)
    spoken = (Line(state.chunks[state.chunk]),) if variant == "ask" and state.chunks else ()
    ending: tuple[Line, ...]
    if variant in ("again", "keys", "retry"):
        ending = (call.book.line("answer", variant, values(call)),)
    elif more:
        ending = (call.book.line("answer", "more", {}),)
    else:
        chosen = options(call)
        ending = (*chosen, call.book.line("answer", _last_words(call, bool(chosen)), values(call)))
    return (*spoken, *ending)


def _last_words(call: Call, choices: bool) -> str:
    """The prompt after an answer. With choices to name it names nothing else but the person."""
    done = "done_joined" if call.state.joined and call.state.entry else "done"
    return ("choices" if choices else done) + ("" if hears(call) else "_keys")


def options(call: Call) -> tuple[Line, ...]:
    """The choices of a list, each with its key, and how to hear more."""
    shown, more = page_of(call)
    said = [call.said("option", label=title, key=str(n)) for n, (title, _) in enumerate(shown, start=1)]
    if more:
        said.append(call.said("more"))
    elif call.place.kind == "list":
        said.append(call.said("person_key"))
    return tuple(said)


def page_of(call: Call) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The choices on keys 1 to 3, as (title, what is chosen), and whether there is more."""
    state, groups = call.state, call.book.groups
    if state.name == "groups":
        rows = tuple((group.title, str(number)) for number, group in enumerate(groups))
    elif state.name == "entries" and state.group < len(groups):
        rows = tuple((speakable.speak(title), entry) for _, entry, title in groups[state.group].entries)
    else:
        return state.listed[:PAGE], False
    start = state.page * PAGE % max(1, -(-len(rows) // PAGE) * PAGE)
    return rows[start : start + PAGE], len(rows) > PAGE


def values(call: Call) -> dict[str, str]:
    """What the prompts may ask for."""
    state, world = call.state, call.world
    shown = state.code if state.name == "code_check" else state.text
    return world.values | {
        "prefix": codes_said.code(state.prefix or world.province_code),
        "code": codes_said.code(shown) if state.name == "code_check" else codes_said.phone(shown),
        "title": state.topics[-1] if state.topics else "",
        "number": codes_said.ticket(state.ticket) if state.pin else "",
        "pin": grouped(state.pin, 3),
        "joined": call.book.prompts["said"]["joined"].get(state.joined, ""),
        "pause": world.pause,
        "window": world.window,
        "opening": world.opening,
    }


def hears(call: Call) -> bool:
    """Whether speech is listened to in the present state."""
    return call.world.speech and not call.state.keys_only and call.place.speech


def listen(call: Call) -> Listen | None:
    """What the caller may do in the present state."""
    state, place, timing = call.state, call.place, call.book.menu.timing
    if place.kind == "end":
        return None
    missed = state.silences + state.misses
    seconds = timing.example if missed else timing.silence
    if state.slow and missed:
        seconds = timing.silence * 2
    entry = place.kind == "entry"
    digits = None if state.name == "number" and call.world.whole_number else place.digits
    ending = timing.speech_end_code if place.code_speech else timing.speech_end
    return Listen(
        digits=digits if entry else 1,
        finish="#" if entry else "",
        speech=hears(call),
        hints=hints(call),
        timeout=max(seconds, timing.between_keys),
        speech_end=ending + 1 if state.slow else ending,
    )


def hints(call: Call) -> tuple[str, ...]:
    """The phrases that the present state expects."""
    if not hears(call):
        return ()
    fixed = [phrase for phrases in call.place.phrases.values() for phrase in phrases]
    listed = [title for title, _ in page_of(call)[0]]
    return tuple(dict.fromkeys((*fixed, *listed)))[:60]
