"""What only the person who takes over hears, so that the caller is asked nothing twice."""

from __future__ import annotations

from bot.privacy import PLACEHOLDER
from voice.book import Book
from voice.call_state import CallState, Line
from voice.speakable import CHUNK_SECONDS, chunks, speak


def whisper_line(book: Book, state: CallState | None, words: str = "") -> Line:
    """What was spoken of, said and entered. words: the last sentence, masked. A code is shown on the screen only."""
    parts = [book.said(name, **values).text for name, values in _parts(book, state, words)]
    return book.said("whisper", topics=" ".join(parts) or book.said("whisper_none").text)


def _parts(book: Book, state: CallState | None, words: str) -> list[tuple[str, dict[str, str]]]:
    if state is None:
        return []
    parts: list[tuple[bool, str, dict[str, str]]] = [
        (bool(state.topics), "whisper_topics", {"titles": ", ".join(dict.fromkeys(state.topics))}),
        (bool(words), "whisper_words", {"words": _short(words)}),
        (bool(state.category), "whisper_complaint", {"about": _complaint(book, state.category)}),
        (bool(state.code), "whisper_refused" if state.refused else "whisper_dossier", {}),
        (state.slow, "whisper_slow", {}),
    ]
    return [(name, values) for wanted, name, values in parts if wanted]


def _complaint(book: Book, category: str) -> str:
    """The name of a kind of complaint: the first phrase of its key."""
    key = next((key for key, kind in book.menu.complaints.items() if kind == category), None)
    phrases = book.menu.states["complaint"].phrases.get(key or "", ())
    return phrases[0] if phrases else ""


def _short(words: str) -> str:
    """A sentence as it is said, without what was masked, no longer than one piece."""
    return chunks(speak(PLACEHOLDER.sub("một số riêng", words)), CHUNK_SECONDS / 2)[0].rstrip(" .?!,")
