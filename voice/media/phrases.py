"""The phrases that a state of a call allows, for recognition to choose from."""

from __future__ import annotations

from voice.book import Book
from voice.call_state import CallState, Listen


def allowed_phrases(book: Book, state: CallState, listen: Listen) -> tuple[str, ...]:
    """The state's own phrases and list, and the names of its keys."""
    place, said = book.menu.states[state.name], book.menu.keys_said
    keys = dict.fromkeys((*place.keys, *(str(n) for n, _ in enumerate(state.listed, start=1)), "0"))
    return tuple(dict.fromkeys((*listen.hints, *(f"phím {said[key]}" for key in keys if key in said))))


def words_are_free(book: Book, state: CallState) -> bool:
    """Whether the state takes more than its phrases: a question, or a code that is read out."""
    place = book.menu.states[state.name]
    return place.free or place.code_speech
