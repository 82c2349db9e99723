"""Answers a question from the live snapshot: a visible list of steps, each ending in a typed status.

1. `subject`: which entry is asked about, a new one or the one the conversation is about.
2. nothing fits → `unanswered`; unsure → one `clarification` with at most three choices.
3. `compose.message`: the asked aspects of that entry, with their sources.
4. `late_note`: whether the deadline has passed, when the question tells how long ago it was.
5. `Whereabouts.locate`: the office or the fee of the place where the citizen lives, or one question for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge import compose
from knowledge.elapsed import late_note
from knowledge.entry import Faq, Procedure
from knowledge.families import families, is_bare
from knowledge.province import Profile
from knowledge.question import Context, Question
from knowledge.text import syllables
from knowledge.vocabulary import AnswerStatus, Aspect, Button, Message
from knowledge.whereabouts import Whereabouts
from knowledge.wording import words

MAX_CHOICES = 3
MAX_ASPECTS = 2
FOLLOW_UP_BELOW = 0.6
FEW_WORDS = 3

Entries = Mapping[str, Procedure | Faq]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one question. `confidence` is the calibrated probability that the entry is the right one.

    place: the words that name where the citizen lives, to be remembered. place_asked: whether this asks for it.
    """

    status: AnswerStatus
    messages: tuple[Message, ...]
    confidence: float | None = None
    place: str = ""
    place_asked: bool = False

    @property
    def details(self) -> dict[str, Any]:
        """What is kept with the turn besides its words."""
        said = {"lives_in": self.place, "place_asked": self.place_asked}
        return {name: value for name, value in said.items() if value}


def answer(
    question: Question,
    context: Context,
    entries: Entries,
    profile: Profile,
    here: Whereabouts,
    *,
    follow_up: bool = False,
) -> Answer:
    """Answer one question.

    follow_up: the dialogue takes the message as going on with `context.entry`.
    """
    if question.place_alone:
        return at_place(question, context, entries, profile, here)
    found = _answer(question, context, entries, profile, follow_up=follow_up)
    return located(found, question, context, entries, here)


def located(found: Answer, question: Question, context: Context, entries: Entries, here: Whereabouts) -> Answer:
    """`found` with what the place of the citizen adds to it, and the place itself to be remembered."""
    place = question.place or context.place
    if found.status != "answered":
        noted = tuple(here.note(message, question.place) for message in found.messages)
        return replace(found, messages=noted, place=place, place_asked=context.place_asked)
    parts = [
        here.locate(_timed(m, entries, question), entries[m.entry_ids[0]], question, context) for m in found.messages
    ]
    asks = any(part.asks for part in parts)
    unsettled = asks and bool(place)
    messages = tuple(part.message for part in parts)
    status: AnswerStatus = "clarification" if unsettled else "answered"
    return replace(found, status=status, messages=messages, place=place, place_asked=asks or context.place_asked)


def _timed(message: Message, entries: Entries, question: Question) -> Message:
    """`message`, headed by whether the deadline has passed when the question tells how long ago it was."""
    entry = entries[message.entry_ids[0]]
    note = late_note(entry, message.aspect, question.text) if isinstance(entry, Procedure) else ""
    if not note:
        return message
    return replace(message, text=f"{note}\n{message.text}", spoken=f"{note} {message.spoken}")


def at_place(question: Question, context: Context, entries: Entries, profile: Profile, here: Whereabouts) -> Answer:
    """What a place changes in the last answer; without one, where the place belongs today."""
    subject = context.offered[0] if len(context.offered) == 1 else context.entry
    entry = entries.get(subject) if subject else None
    aspect: Aspect = "fee" if context.aspect == "fee" and subject in profile.area_fees else "place"
    if isinstance(entry, Procedure) and here.decides(entry, aspect):
        return located(about(entry.id, (aspect,), context, entries, profile), question, context, entries, here)
    told = here.message(question.place)
    if told is None:
        return unanswered(question)
    return Answer("clarification" if told.asks else "answered", (told.message,), None, question.place, told.asks)


def _answer(question: Question, context: Context, entries: Entries, profile: Profile, *, follow_up: bool) -> Answer:
    known = tuple((entry, score) for entry, score in question.candidates if entry in entries)
    if context.entry is not None and context.entry in entries and continues(question, context, follow_up=follow_up):
        return about(context.entry, question.aspects, context, entries, profile)
    if question.outcome == "refuse" or not known:
        return unanswered(question) if len(syllables(question.text)) > FEW_WORDS else vague(question)
    if question.outcome == "clarify" and not same_place(question, [entries[e] for e, _ in known[:MAX_CHOICES]]):
        return clarify(tuple(entry for entry, _ in known), question, entries)
    aspects = question.aspects or ((context.aspect,) if follow_up and context.aspect else ())
    return about(known[0][0], aspects, context, entries, profile, question.probability)


def continues(question: Question, context: Context, *, follow_up: bool) -> bool:
    """Whether the question goes on about `context.entry`: the dialogue says so, and it names nothing new."""
    if is_bare(question.text) and question.aspects:
        return True
    named = question.outcome == "answer" and question.probability >= FOLLOW_UP_BELOW
    return follow_up and (not named or question.candidates[0][0] == context.entry)


def same_place(question: Question, choices: Sequence[Procedure | Faq]) -> bool:
    """Whether only the place is asked and all choices are handed in at the same one, so that no question is needed."""
    places = {choice.place.authority for choice in choices if isinstance(choice, Procedure)}
    procedures = all(isinstance(choice, Procedure) for choice in choices)
    return question.family is None and question.aspects == ("place",) and procedures and len(places) == 1


def about(
    entry_id: str,
    aspects: tuple[Aspect, ...],
    context: Context,
    entries: Entries,
    profile: Profile,
    confidence: float | None = None,
) -> Answer:
    """The asked aspects of one entry, at most two, each as a message."""
    entry = entries[entry_id]
    asked: tuple[Aspect | None, ...] = (None,) if isinstance(entry, Faq) else (aspects[:MAX_ASPECTS] or ("overview",))
    messages = []
    for index, aspect in enumerate(asked):
        figure = aspect in ("fee", "time", "deadline", "penalty")
        caveat = index == len(asked) - 1 and (figure or entry_id not in context.told)
        messages.append(compose.message(entry, aspect, profile, caveat=caveat))
    return Answer("answered", tuple(messages), confidence)


def clarify(choices: tuple[str, ...], question: Question, entries: Entries) -> Answer:
    """One short question back, with at most three choices."""
    offered = choices[:MAX_CHOICES]
    w = words()["clarify"]
    aspect = f',"aspect":"{question.aspects[0]}"' if question.aspects else ""
    buttons = [Button(entries[e].title, f'/ask{{"entry":"{e}"{aspect}}}') for e in offered]
    if question.family is not None:
        family = families()[question.family]
        labels = {member.entry: member.choice for member in family.members}
        buttons = [Button(labels[e], b.payload) for e, b in zip(offered, buttons, strict=True)]
        text = family.question
        spoken = f"{text} {'; '.join(labels[e] for e in offered)}?"
    elif len(offered) == 1:
        text = w["one"].format(title=entries[offered[0]].title)
        spoken = text
    else:
        text = w["question"]
        spoken = f"{text} {'; '.join(entries[e].title for e in offered)}?"
    buttons.append(Button(w["none_of_these"], "/deny"))
    return Answer("clarification", (Message(text, spoken, offered, buttons=tuple(buttons)),), question.probability)


def vague(question: Question) -> Answer:
    """Asks what it is about: so few words refuse nothing and name nothing."""
    text = words()["clarify"]["vague"]
    person = Button(words()["buttons"]["human"], "/human")
    return Answer("clarification", (Message(text, text, buttons=(person,)),), question.probability)


def unanswered(question: Question) -> Answer:
    """Says that nothing fits and offers a person."""
    text = words()["unanswered"]
    person = Button(words()["buttons"]["human"], "/human")
    return Answer("unanswered", (Message(text, text, buttons=(person,)),), question.probability)
