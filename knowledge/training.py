"""Learns ranker and decision from the entries' own example questions, each asked as if nobody had written it down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import yaml

from knowledge import aspects, decide, ranker
from knowledge.decide import Decision, Judged
from knowledge.documents import Document, Kind
from knowledge.encoder import Vectors
from knowledge.index import Index, Matrix, Query
from knowledge.ranker import Ranker
from knowledge.restorer import Restorer, restored
from knowledge.text import normalise, syllables
from knowledge.text_tables import LANGUAGE
from knowledge.vector_cache import VectorCache

PER_ENTRY = 8
FAQ_PRIOR = -2.0
"""Log odds by which a citizen means a general question less often than a procedure: of 153 development questions 130
ask about one of 145 procedures and 23 about one of 179 general questions."""


@lru_cache(maxsize=1)
def out_of_scope() -> tuple[str, ...]:
    """The questions of ``language/out_of_scope.yml``."""
    groups = yaml.safe_load((LANGUAGE / "out_of_scope.yml").read_text(encoding="utf-8"))
    return tuple(str(question) for group in groups.values() for question in group)


def asked_texts() -> list[str]:
    """How citizens put questions, for the restorer to learn from: the samples of aspects and what is out of scope."""
    return [*out_of_scope(), *(normalise(question) for _, question in aspects.questions())]


def outside_vectors(restorer: Restorer, cache: VectorCache) -> Vectors:
    """Vectors of the questions known to be out of scope, (n, dimension)."""
    return cache.encode("query", [restored(restorer, question).text for question in out_of_scope()])


def learn_ranker(documents: Sequence[Document], index: Index, cache: VectorCache) -> Ranker:
    """Weights from the example questions, and priors by what an entry is."""
    questions = [(index.features(query, [own]), right) for right, own, query in _examples(documents, index, cache)]
    priors = tuple(FAQ_PRIOR if document.id.startswith("faq-") else 0.0 for document in documents)
    return Ranker(ranker.fit(questions), priors)


def learn_decision(
    documents: Sequence[Document],
    index: Index,
    chosen: Ranker,
    outside: Vectors,
    restorer: Restorer,
    cache: VectorCache,
) -> Decision:
    """Calibration and thresholds from the same questions and those out of scope."""
    judged = []
    for right, own, query in _examples(documents, index, cache):
        features = index.features(query, [own])
        scores = chosen.scores(features)
        place = int((scores > scores[right]).sum())
        judged.append(Judged(signals(scores, features, outside @ query.vector, query.text), place, True))
    texts = [restored(restorer, question).text for question in out_of_scope()]
    for i, (text, vector) in enumerate(zip(texts, outside, strict=True)):
        features = index.features(Query(text, vector))
        others = np.delete(outside @ vector, i)
        judged.append(Judged(signals(chosen.scores(features), features, others, text), None, False))
    return decide.fit(judged)


def signals(scores: Matrix, features: Matrix, outside: Matrix, text: str) -> Matrix:
    """The `decide.SIGNALS` of a question; `outside` holds its cosines to what is out of scope."""
    return decide.signals(scores, features, float(outside.max()), len(syllables(text)))


def _examples(documents: Sequence[Document], index: Index, cache: VectorCache) -> Iterator[tuple[int, int, Query]]:
    """The document, the passage and the question of up to `PER_ENTRY` examples of every entry."""
    for i, document in enumerate(documents):
        asked = document.examples[:PER_ENTRY]
        vectors = cache.encode("query", asked)
        for own, text, vector in zip(index.passages_of(i, Kind.EXAMPLE), asked, vectors, strict=False):
            yield i, own, Query(text, vector)
