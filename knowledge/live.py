"""The knowledge base as the running gateway uses it: the live snapshot, one understanding, typed answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

import structlog

from knowledge.answer import Answer, Entries, answer
from knowledge.families import family_of
from knowledge.naming import called_by_name, calls_first_by_name, name_in
from knowledge.province import Profile
from knowledge.publish import LiveSnapshot
from knowledge.question import Context, Question, Understanding
from knowledge.retriever import Retrieval
from knowledge.split import split
from knowledge.text import syllables
from knowledge.vocabulary import Aspect
from knowledge.whereabouts import Whereabouts

log = structlog.get_logger()
FOLLOW_SECONDS = 1.0
MAX_CANDIDATES = 5
ASPECT_FROM = 0.15
SECOND_ASPECT_FROM = 0.5
JOINED_ASPECT_FROM = 0.25
MAX_QUESTIONS = 2
_RIVALS = ("time", "deadline")
_NAME = "⟦tên⟧ ⟦thủ⟧ ⟦tục⟧"
_JOINED = re.compile(r",|\bvà\b", re.IGNORECASE)


class LiveKnowledge:
    """One for a gateway; every call uses the snapshot that is live at that moment.

    dialogue_encoder: name of the encoder that the dialogue was trained with; no other's vectors are handed on to it.
    """

    def __init__(self, live: LiveSnapshot, profile: Profile, dialogue_encoder: str = "") -> None:
        self._live, self._profile, self._whereabouts = live, profile, Whereabouts(profile)
        self._dialogue_encoder = dialogue_encoder

    @property
    def snapshot(self) -> int:
        """The number of the live snapshot; 0 before the first is loaded."""
        return self._live.number

    @property
    def entries(self) -> Entries:
        """The entries of the live snapshot, by id."""
        return self._live.current.entries

    def load(self) -> None:
        """Load the live snapshot, or do nothing when none was published."""
        self._live.refresh()

    async def follow(self) -> None:
        """Switch to every snapshot that goes live, for ever."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                await asyncio.to_thread(self._live.refresh)
            except Exception:
                log.exception("snapshot not loaded")

    def read(self, text: str) -> str:
        """A text as it is searched: in one spelling, with its diacritics."""
        return self._live.current.retriever.read(text)

    def search(self, text: str, k: int = 10) -> Retrieval:
        """The `k` best entries for a text and what would be done with them."""
        return self._live.current.retriever.search(text, k)

    def understand(self, text: str, context: Context) -> Understanding:
        """Read a message once. A message with two questions is also searched question by question."""
        retriever = self._live.current.retriever
        place = self._whereabouts.mentioned(text, context)
        whole = self._called(retriever.search(place.rest if place and not place.alone else text))
        parts = self._parts(whole)
        asked = (_apart([self._called(retriever.search(part)) for part in parts]) if len(parts) > 1 else []) or [whole]
        questions = tuple(_question(found, self._aspects(found), self.entries) for found in asked)
        if place is not None:
            questions = tuple(replace(q, place=place.said, place_alone=place.alone) for q in questions)
        return Understanding(whole.restored, whole.vector if self._shares_encoder else None, questions)

    @property
    def _shares_encoder(self) -> bool:
        return self._live.current.retriever.encoder.name == self._dialogue_encoder

    def _called(self, found: Retrieval) -> Retrieval:
        """The same with the entry first that is called by its name alone."""
        candidates = found.candidates[:MAX_CANDIDATES]
        place = called_by_name(found.restored, [self.entries[candidate.entry] for candidate in candidates])
        decision = self._live.current.retriever.decision
        if place is None or decision is None:
            return found
        order = (candidates[place], *candidates[:place], *found.candidates[place + 1 :])
        sure = max(found.probability, decision.answer_from)
        return replace(found, candidates=order, outcome="answer", probability=sure)

    def _parts(self, found: Retrieval) -> tuple[str, ...]:
        """The questions of a message; words within the name of what it is about join nothing."""
        name = self._name(found)
        if name is None:
            return split(found.restored)
        text, kept = found.restored, found.restored[name]
        return tuple(part.replace(_NAME, kept) for part in split(f"{text[: name.start]}{_NAME}{text[name.stop :]}"))

    def _aspects(self, found: Retrieval) -> tuple[Aspect, ...]:
        """What is asked of the entry, beside its name where the question says it."""
        name, model = self._name(found), self._live.current.retriever.aspects
        if name is None or model is None:
            return _sure(found.aspects, found.restored)
        beside = f"{found.restored[: name.start]} {found.restored[name.stop :]}"
        return _sure(model(beside), beside) if syllables(beside) else ("overview",)

    def _name(self, found: Retrieval) -> slice | None:
        return name_in(found.restored, self.entries[found.candidates[0].entry]) if found.candidates else None

    def pressed(self, entry: str, aspect: Aspect | None) -> Understanding:
        """The understanding of a pressed button, which names its entry. KeyError for an entry that is gone."""
        title = self.entries[entry].title
        encoder = self._live.current.retriever.encoder
        vector = encoder.encode_queries([title])[0] if self._shares_encoder else None
        question = Question(title, ((entry, 1.0),), "answer", 1.0, (aspect,) if aspect else ())
        return Understanding(title, vector, (question,))

    def answer(self, questions: Sequence[Question], context: Context, *, follow_up: bool = False) -> list[Answer]:
        """The answer to each question, in order."""
        here = self._whereabouts
        return [answer(q, context, self.entries, self._profile, here, follow_up=follow_up) for q in questions]


def _apart(parts: list[Retrieval]) -> list[Retrieval]:
    """The parts that are questions about different entries; none unless there are at least two."""
    apart: dict[str, Retrieval] = {}
    for part in parts:
        if part.outcome == "answer":
            apart.setdefault(part.candidates[0].entry, part)
    return list(apart.values())[:MAX_QUESTIONS] if len(apart) > 1 else []


def _question(found: Retrieval, aspects: tuple[Aspect, ...], entries: Entries) -> Question:
    candidates = tuple((c.entry, c.score) for c in found.candidates[:MAX_CANDIDATES])
    family = family_of(found.restored)
    if family is not None:
        members = tuple((member.entry, 1.0) for member in family.members[:MAX_CANDIDATES])
        return Question(found.restored, members, "clarify", found.probability, aspects, family.id)
    named = calls_first_by_name(found.restored, [entries[entry] for entry, _ in candidates])
    outcome = "answer" if found.outcome == "clarify" and named else found.outcome
    return Question(found.restored, candidates, outcome, found.probability, aspects)


def _sure(found: Sequence[tuple[Aspect, float]], text: str) -> tuple[Aspect, ...]:
    """The aspects asked, surest first.

    A second one needs more, unless the question joins two things; the overview is for questions that ask no other.
    “Bao lâu” asks how long it takes or by when, not both.
    """
    joined = _JOINED.search(text) and found[:1] and found[0][0] != "overview"
    further = JOINED_ASPECT_FROM if joined else SECOND_ASPECT_FROM
    sure = [aspect for place, (aspect, p) in enumerate(found) if p >= (further if place else ASPECT_FROM)]
    rival = next((aspect for aspect in sure if aspect in _RIVALS), None)
    asked = tuple(a for a in sure if a != "overview" and (joined or a not in _RIVALS or a == rival))
    return asked or tuple(sure[:1])
