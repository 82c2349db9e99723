"""What only the person who takes over hears, so that the caller is asked nothing twice."""

from __future__ import annotations

from voice.book import Book
from voice.call_state import CallState, Line


def whisper_line(book: Book, state: CallState | None) -> Line:
    """Titles that were spoken of and whether a dossier's code was entered; the code itself is on the screen only."""
    parts = []
    if state is not None and state.topics:
        parts.append(book.said("whisper_topics", titles=", ".join(dict.fromkeys(state.topics))).text)
    if state is not None and state.code:
        parts.append(book.said("whisper_dossier").text)
    return book.said("whisper", topics=" ".join(parts) or book.said("whisper_none").text)
