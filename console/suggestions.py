"""What helps somebody to answer: the entries nearest to the last question, canned replies, what the assistant knew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.context import context_from
from knowledge import compose
from knowledge.entry import Procedure
from knowledge.live import LiveKnowledge
from knowledge.province import MissingPlaceholderError, Profile
from knowledge.question import Context
from knowledge.vocabulary import Aspect
from knowledge.wording import words
from store.conversations import TurnRow

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer that may fit. key: names it in a form."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What the assistant made of the conversation: names to show, in Vietnamese.

    place: the words that last named where the citizen lives. form: the questions of the form that is open, each with
    what was answered. Both are masked, as everything that is stored is.
    """

    entry: str | None
    aspect: str | None
    offered: tuple[str, ...]
    place: str
    form: tuple[tuple[str, str], ...]


def suggest(knowledge: LiveKnowledge, profile: Profile, turns: Sequence[TurnRow]) -> list[Suggestion]:
    """Answers to what the citizen asked last; none before the first question or the first snapshot."""
    asked = next((turn.text for turn in reversed(turns) if turn.author == "citizen"), "")
    if not asked or not knowledge.snapshot:
        return []
    made = []
    for id_, aspect in _nearest(knowledge, knowledge.snapshot, asked):
        entry = knowledge.entries[id_]
        of = aspect or "overview" if isinstance(entry, Procedure) else None
        try:
            text = compose.message(entry, of, profile, caveat=False).text
        except MissingPlaceholderError:
            continue
        name = f"{entry.title}: {words()['aspect_titles'][of]}" if of else entry.title
        made.append(Suggestion(f"{id_}|{of or ''}", name, text))
    return made


def understood(knowledge: LiveKnowledge, turns: Sequence[TurnRow]) -> Understood:
    """What the assistant took the conversation to be about."""
    context = context_from(turns)
    known = knowledge.entries if knowledge.snapshot else {}

    def title(id_: str) -> str:
        return known[id_].title if id_ in known else id_

    return Understood(
        entry=title(context.entry) if context.entry else None,
        aspect=words()["aspect_titles"].get(context.aspect) if context.aspect else None,
        offered=tuple(title(id_) for id_ in context.offered),
        place=context.place,
        form=_open_form(turns),
    )


def _open_form(turns: Sequence[TurnRow]) -> tuple[tuple[str, str], ...]:
    """The questions that were asked since something other than a form was said; the last may have no answer yet."""
    found: list[tuple[str, str]] = []
    answered: list[str] = []
    for turn in reversed(turns):
        if turn.author == "citizen":
            answered.insert(0, turn.text)
        elif turn.author == "assistant" and turn.status == "form":
            found.insert(0, (turn.text, "\n".join(answered)))
            answered.clear()
        elif turn.author == "assistant":
            break
    return tuple(found)


@lru_cache(maxsize=2048)
def _nearest(knowledge: LiveKnowledge, snapshot: int, asked: str) -> tuple[tuple[str, Aspect | None], ...]:
    """The entries nearest to a question in a snapshot, with the aspect that was asked: kept, as neither changes."""
    question = knowledge.understand(asked, Context()).questions[0]
    aspect = question.aspects[0] if question.aspects else None
    return tuple((id_, aspect) for id_, _ in question.candidates[:SHOWN] if id_ in knowledge.entries)
