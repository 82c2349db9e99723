"""What citizens would see and hear of an entry, made by the same code that answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from knowledge import compose
from knowledge.entry import Faq, Procedure
from knowledge.province import MissingPlaceholderError, Profile
from knowledge.vocabulary import ASPECTS, Message
from knowledge.wording import words

Speak = Callable[[Message], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Preview:
    """One answer. said: the pieces the telephone says."""

    title: str
    message: Message
    said: tuple[str, ...]


def previews(entry: Procedure | Faq, profile: Profile, speak: Speak) -> list[Preview]:
    """The answer of an FAQ, or of every aspect of a procedure; a text with an unknown placeholder shows why not."""
    aspects = (None,) if isinstance(entry, Faq) else ASPECTS
    made = []
    for aspect in aspects:
        try:
            message = compose.message(entry, aspect, profile)
        except MissingPlaceholderError as error:
            message = Message(str(error))
        title = words()["aspect_titles"][aspect] if aspect else entry.title
        made.append(Preview(title, message, speak(message)))
    return made
