"""Learns ranker and decision from the entries' own example questions, each asked as if nobody had written it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

import numpy as np
import yaml

from knowledge import aspects, decide, ranker, scope
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
    groups = yaml.safe_load((LANGUAGE / "out_of_scope.yml").read_text(encoding="utf-8"))
    return tuple(str(question) for group in groups.values() for question in group)


def asked_texts() -> list[str]:
    """How citizens put questions, for the restorer to learn from: the samples of aspects and what is out of scope."""
    return [*out_of_scope(), *(normalise(question) for _, question in aspects.questions())]


@lru_cache(maxsize=1)
def calibration() -> tuple[tuple[str, str], ...]:
    """Questions with the id of their entry, written by somebody who had not seen the entries (``calibration.tsv``)."""
    lines = (LANGUAGE / "calibration.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((line.split("\t")[0], line.split("\t")[1]) for line in lines)


def outside_texts(restorer: Restorer) -> list[str]:
    """The questions known to be out of scope as they are searched, in order."""
    return [restored(restorer, question).text for question in out_of_scope()]


def learn_scope(asked: Sequence[Asked], outside: Sequence[str], cache: VectorCache) -> tuple[Scope, list[Scope]]:
    """What tells questions out of scope from the others; and once for each fold of both, learned without it."""
    inside = np.array([question.vector for question in asked]).reshape(-1, cache.encoder.dimension)
    vectors = cache.encode("query", outside)
    ours, others = np.array([fold_of(question.text) for question in asked]), np.array([fold_of(t) for t in outside])
    held = [replace(scope.fit(vectors[others != k], inside[ours != k]), outside=vectors) for k in range(FOLDS)]
    return scope.fit(vectors, inside), held


def fold_of(text: str) -> int:
    """Which fold a question belongs to, from 0; the same in every publish."""
    return crc32(text.encode()) % FOLDS


@dataclass(frozen=True)
class Asked:
    """A known question put to the index as if it were not in it.

    right: the position of its document. fair: whether it is an example, not a name. weight: against the others.
    """

    right: int
    fair: bool
    text: str
    vector: Vectors
    features: Matrix
    weight: float = 1.0


def ask(documents: Sequence[Document], index: Index, cache: VectorCache) -> list[Asked]:
    """Up to `PER_ENTRY` examples and `NAMES_PER_ENTRY` names of every entry with examples, its own passage left out."""
    asked = []
    for i, document in enumerate(documents):
        if not document.examples:
            continue
        chosen = [(Kind.EXAMPLE, document.examples[:PER_ENTRY]), (Kind.NAME, document.names[1 : 1 + NAMES_PER_ENTRY])]
        for kind, texts in chosen:
            vectors = cache.encode("query", texts) if texts else ()
            passages = index.passages_of(i, kind)[kind == Kind.NAME :]
            for own, text, vector in zip(passages, texts, vectors, strict=False):
                features = index.features(Query(text, vector), [own])
                asked.append(Asked(i, kind == Kind.EXAMPLE, text, vector, features))
    return asked


def learn_ranker(documents: Sequence[Document], asked: Sequence[Asked], related: Related) -> Ranker:
    """Weights from the example questions, and priors by what an entry is."""
    priors = tuple(
        (ABOUT_PROCEDURE_PRIOR if others else FAQ_PRIOR) if document.id.startswith("faq-") else 0.0
        for document, others in zip(documents, related, strict=True)
    )
    return Ranker(ranker.fit([(question.features, question.right) for question in asked if question.fair]), priors)


def learn_decision(
    asked: Sequence[Asked],
    related: Related,
    index: Index,
    chosen: Ranker,
    held: Sequence[Scope],
    outside: Sequence[str],
) -> Decision:
    """Calibration and thresholds from questions in scope (`asked`) and out of it (`outside`).

    related: for every document, those that answer its questions as well. General questions weigh as little as they are
    asked. held: from `learn_scope`.
    """
    judged = []
    for question in asked:
        scores = chosen.scores(question.features)
        right = max(scores[i] for i in (question.right, *related[question.right]))
        place = int((scores > right).sum())
        seen = signals(scores, question.features, held[fold_of(question.text)](question.vector), question.text)
        weight = float(np.exp(chosen.priors[question.right])) if chosen.priors else 1.0
        judged.append(Judged(seen, place, True, question.weight * weight))
    for i, text in enumerate(outside):
        own = held[fold_of(text)]
        features = index.features(Query(text, own.outside[i]))
        seen = signals(chosen.scores(features), features, own(own.outside[i], i), text)
        judged.append(Judged(seen, None, False, OUTSIDE_WEIGHT))
    return decide.fit(judged)


def calibrating(index: Index, restorer: Restorer, cache: VectorCache) -> list[Asked]:
    """The questions of ``calibration.tsv`` put to the index."""
    known = [(restored(restorer, text).text, entry) for text, entry in calibration() if entry in index.ids]
    vectors = cache.encode("query", [text for text, _ in known])
    return [
        Asked(index.ids.index(entry), True, text, vector, index.features(Query(text, vector)), CALIBRATION_WEIGHT)
        for (text, entry), vector in zip(known, vectors, strict=True)
    ]


def signals(scores: Matrix, features: Matrix, foreign: tuple[float, float], text: str) -> Matrix:
    """The `decide.SIGNALS` of a question; `foreign` is what its `Scope` says of it."""
    return decide.signals(scores, features, foreign, len(syllables(text)))
