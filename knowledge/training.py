"""Learns ranker and decision from the entries' own example questions, each asked as if nobody had written it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

import numpy as np
import yaml

from knowledge import aspects, decide, ranker, scope
from knowledge.crew import shared_out
from knowledge.decide import Decision, Judged
from knowledge.documents import Document, Kind
from knowledge.encoder import Vectors
from knowledge.index import Index, Matrix, Query
from knowledge.ranker import Ranker
from knowledge.restorer import Restorer, restored
from knowledge.scope import Scope
from knowledge.text import normalise, syllables
from knowledge.text_tables import LANGUAGE
from knowledge.vector_cache import VectorCache

FOLDS = 3
PER_ENTRY = 8
NAMES_PER_ENTRY = 4
OUTSIDE_WEIGHT = 1.0
CALIBRATION_WEIGHT = 10.0
"""An entry's own examples, asked as if unwritten, are harder than citizens' questions; these are like theirs."""
Related = Sequence[tuple[int, ...]]
FAQ_PRIOR = -2.0
"""Log odds by which a citizen means a general question less often than a procedure: of 153 development questions 130
ask about one of 145 procedures and 23 about one of 179 general questions."""
ABOUT_PROCEDURE_PRIOR = -4.0
"""The same for a general question about a procedure whose own entry gives the answer with figures and sources."""


@lru_cache(maxsize=1)
def out_of_scope() -> tuple[str, ...]:
    """The questions of ``language/out_of_scope.yml``."""
    groups = yaml.load((LANGUAGE / "out_of_scope.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple(str(question) for group in groups.values() for question in group)


def asked_texts() -> list[str]:
    """How citizens put questions, for the restorer to learn from: the samples of aspects and what is out of scope."""
    return [*out_of_scope(), *(normalise(question) for _, question in aspects.questions())]


@lru_cache(maxsize=1)
def calibration() -> tuple[tuple[str, str], ...]:
    """Questions with the id of their entry, written by somebody who had not seen the entries (``calibration.tsv``)."""
    lines = (LANGUAGE / "calibration.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((line.split("\t")[0], line.split("\t")[1]) for line in lines)


def learn_scope(asked: Sequence[Asked]) -> tuple[Scope, list[Scope]]:
    """What tells questions out of scope from the others; and once for each fold of both, learned without it."""
    ours, others = ([a for a in asked if (a.known.right is None) is out] for out in (False, True))
    inside, outside = (np.array([question.vector for question in group]) for group in (ours, others))
    folds = [np.array([fold_of(question.known.text) for question in group]) for group in (ours, others)]
    held = [replace(scope.fit(outside[folds[1] != k], inside[folds[0] != k]), outside=outside) for k in range(FOLDS)]
    return scope.fit(outside, inside), held


def fold_of(text: str) -> int:
    """Which fold a question belongs to, from 0; the same in every publish."""
    return crc32(text.encode()) % FOLDS


@dataclass(frozen=True)
class Known:
    """A known question. right: the position of its document, None when it is out of scope.

    own: the passages that are this very question, left out of account. fair: whether it is an example, not a name.
    weight: against the others.
    """

    text: str
    right: int | None
    own: tuple[int, ...] = ()
    fair: bool = True
    weight: float = 1.0


@dataclass(frozen=True)
class Asked:
    """A known question put to the index.

    places: positions of the documents that can matter. features: theirs, (places, FEATURES).
    """

    known: Known
    vector: Vectors
    places: Matrix
    features: Matrix

    def place_of(self, document: int) -> int:
        """Where a document stands among `places`."""
        return int(np.searchsorted(self.places, document))


def written(documents: Sequence[Document], index: Index) -> list[Known]:
    """Up to `PER_ENTRY` examples and `NAMES_PER_ENTRY` names of every entry with examples, as if nobody had written
    them down."""
    known = []
    for i, document in enumerate(documents):
        if not document.examples:
            continue
        chosen = [(Kind.EXAMPLE, document.examples[:PER_ENTRY]), (Kind.NAME, document.names[1 : 1 + NAMES_PER_ENTRY])]
        for kind, texts in chosen:
            passages = index.passages_of(i, kind)[kind == Kind.NAME :]
            known += [Known(text, i, (own,), kind == Kind.EXAMPLE) for own, text in zip(passages, texts, strict=False)]
    return known


def calibrating(index: Index, restorer: Restorer, workers: int) -> list[Known]:
    """The questions of ``calibration.tsv`` about documents of the index."""
    place = {id_: i for i, id_ in enumerate(index.ids)}
    known = [(text, place[entry]) for text, entry in calibration() if entry in place]
    texts = read(restorer, [text for text, _ in known], workers)
    return [Known(text, i, weight=CALIBRATION_WEIGHT) for text, (_, i) in zip(texts, known, strict=True)]


def outside(restorer: Restorer, workers: int) -> list[Known]:
    """The questions known to be out of scope, in order."""
    return [Known(text, None, weight=OUTSIDE_WEIGHT) for text in read(restorer, out_of_scope(), workers)]


def read(restorer: Restorer, texts: Sequence[str], workers: int) -> list[str]:
    """The texts as they are searched."""
    return shared_out(lambda part: [restored(restorer, text).text for text in part], texts, workers)


def ask(known: Sequence[Known], related: Related, index: Index, cache: VectorCache, workers: int) -> list[Asked]:
    """Put known questions to the index. related: for every document, those that answer its questions as well."""

    def work(part: Sequence[tuple[Known, Vectors]]) -> list[Asked]:
        return [_asked(question, vector, related, index) for question, vector in part]

    vectors = cache.encode("query", [question.text for question in known])
    return shared_out(work, list(zip(known, vectors, strict=True)), workers)


def _asked(known: Known, vector: Vectors, related: Related, index: Index) -> Asked:
    features = index.features(Query(known.text, vector), known.own)
    right = () if known.right is None else (known.right, *related[known.right])
    places = ranker.likely(features, right)
    return Asked(known, vector, places, features[places])


def learn_ranker(documents: Sequence[Document], asked: Sequence[Asked], related: Related) -> Ranker:
    """Weights from the example questions, and priors by what an entry is."""
    priors = tuple(
        (ABOUT_PROCEDURE_PRIOR if others else FAQ_PRIOR) if document.id.startswith("faq-") else 0.0
        for document, others in zip(documents, related, strict=True)
    )
    known = [(a.features, a.place_of(a.known.right)) for a in asked if a.known.right is not None and a.known.fair]
    return Ranker(ranker.fit(known), priors)


def learn_decision(asked: Sequence[Asked], related: Related, chosen: Ranker, held: Sequence[Scope]) -> Decision:
    """Calibration and thresholds from questions in scope and out of it.

    General questions weigh as little as they are asked. held: from `learn_scope`.
    """
    outside = [question for question in asked if question.known.right is None]
    numbers = {id(question): i for i, question in enumerate(outside)}
    return decide.fit([_judged(question, related, chosen, held, numbers.get(id(question))) for question in asked])


def _judged(question: Asked, related: Related, chosen: Ranker, held: Sequence[Scope], number: int | None) -> Judged:
    """number: of a question out of scope among these."""
    known, scores = question.known, chosen.scores(question.features, question.places)
    foreign = held[fold_of(known.text)](question.vector, number)
    seen = signals(scores, question.features, foreign, known.text)
    if known.right is None:
        return Judged(seen, None, False, known.weight)
    right = max(scores[question.place_of(i)] for i in (known.right, *related[known.right]))
    weight = float(np.exp(chosen.priors[known.right])) if chosen.priors else 1.0
    return Judged(seen, int((scores > right).sum()), True, known.weight * weight)


def signals(scores: Matrix, features: Matrix, foreign: tuple[float, float], text: str) -> Matrix:
    """The `decide.SIGNALS` of a question; `foreign` is what its `Scope` says of it."""
    return decide.signals(scores, features, foreign, len(syllables(text)))
