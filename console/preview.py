"""What citizens would see and hear of an entry on each channel, made by the same code that answers them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.zalo.render import render
from bot.messages import Reply
from knowledge import compose
from knowledge.entry import Faq, Procedure
from knowledge.province import MissingPlaceholderError, Profile
from knowledge.vocabulary import ASPECTS, Aspect, Message
from knowledge.wording import words

Speak = Callable[[Message], tuple[str, ...]]
Sound = Callable[[str], Awaitable[bytes]]
_BULLET, _STEP = re.compile(r"[-•]\s+(.*)"), re.compile(r"\d+[.)]\s+(.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a message on the web. kind: `text`, `list` or `steps`."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """One answer. blocks: on the web. zalo: the messages there. said: the pieces the telephone says."""

    aspect: Aspect | None
    title: str
    message: Message
    blocks: tuple[Block, ...]
    zalo: tuple[dict[str, Any], ...]
    said: tuple[str, ...]


def previews(entry: Procedure | Faq, profile: Profile, speak: Speak) -> list[Preview]:
    """The answer of an FAQ, or of every aspect of a procedure; a text with an unknown placeholder shows why not."""
    aspects = (None,) if isinstance(entry, Faq) else ASPECTS
    return [preview(entry, aspect, profile, speak) for aspect in aspects]


def preview(entry: Procedure | Faq, aspect: Aspect | None, profile: Profile, speak: Speak) -> Preview:
    """One answer on each channel."""
    try:
        message = compose.message(entry, aspect, profile)
    except MissingPlaceholderError as error:
        message = Message(str(error))
    title = words()["aspect_titles"][aspect] if aspect else entry.title
    return Preview(aspect, title, message, blocks(message.text), _on_zalo(message), speak(message))


def blocks(text: str) -> tuple[Block, ...]:
    """A text as the chat on the web shows it: paragraphs, lists of lines that begin with a dash, numbered steps."""
    made: list[Block] = []
    for line in filter(None, (part.strip() for part in text.split("\n"))):
        bullet, step = _BULLET.fullmatch(line), _STEP.fullmatch(line)
        kind = "list" if bullet else "steps" if step else "text"
        found = bullet or step
        content = found[1] if found else line
        if made and made[-1].kind == kind != "text":
            made[-1] = Block(kind, (*made[-1].lines, content))
        else:
            made.append(Block(kind, (content,)))
    return tuple(made)


def _on_zalo(message: Message) -> tuple[dict[str, Any], ...]:
    """The messages that the Zalo channel would send."""
    return tuple(render(Reply("preview", "preview", "answered", (message,))))
