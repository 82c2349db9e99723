"""Understands one question once: normalise, restore, encode, search, rank, decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.aspects import AspectModel, asks_aspect
from knowledge.decide import Decision
from knowledge.documents import Document
from knowledge.encoder import Encoder, Vectors
from knowledge.index import Index, Matrix, Query
from knowledge.question import Outcome
from knowledge.ranker import Ranker, text_ranker
from knowledge.restorer import Restorer, learn, restored
from knowledge.scope import Scope
from knowledge.training import signals
from knowledge.vector_cache import VectorCache
from knowledge.vocabulary import Aspect


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer, with its score; scores compare within one question only."""

    entry: str
    score: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What is known of a question.

    text: as asked, in one spelling. restored: with its diacritics; confidence: of that, 0 to 1. vector: unit,
    (dimension,). candidates: best first. probability: calibrated, that the first candidate is right. in_scope:
    calibrated, that the question is one for this knowledge base at all. aspects: what is asked of the entry, surest
    first, with probabilities.
    """

    text: str
    restored: str
    confidence: float
    vector: Vectors
    candidates: tuple[Candidate, ...]
    probability: float
    in_scope: float
    outcome: Outcome
    aspects: tuple[tuple[Aspect, float], ...] = ()


class Retriever:
    """The parts of one snapshot. Without a `decision` every question is answered, as on a plain corpus.

    scope: what tells questions out of scope from the others; there is one whenever there is a decision.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        restorer: Restorer,
        ranker: Ranker,
        decision: Decision | None = None,
        scope: Scope | None = None,
        aspects: AspectModel | None = None,
    ) -> None:
        self.index, self.encoder, self.restorer, self.ranker = index, encoder, restorer, ranker
        self.decision, self.aspects = decision, aspects
        self.scope = scope

    def read(self, text: str) -> str:
        """`text` as it is searched: normalised and restored."""
        return restored(self.restorer, text).text

    def best(self, text: str, vector: Vectors, k: int) -> list[str]:
        """The ids of the `k` best entries for a text already read and encoded."""
        asked = asks_aspect(self.aspects(text)) if self.aspects else 0.0
        scores = self.ranker.scores(self.index.features(Query(text, vector)), asked)
        return [self.index.ids[i] for i in np.argsort(-scores, kind="stable")[:k]]

    def search(self, text: str, k: int = 10) -> Retrieval:
        """The `k` best entries for `text` and what to do with them; one encoding."""
        read = restored(self.restorer, text)
        vector = self.encoder.encode_queries([read.text])[0]
        features = self.index.features(Query(read.text, vector))
        aspects = self.aspects(read.text) if self.aspects else ()
        scores = self.ranker.scores(features, asks_aspect(aspects))
        best = np.argsort(-scores, kind="stable")[:k]
        candidates = tuple(Candidate(self.index.ids[i], float(scores[i])) for i in best)
        outcome, right, scope = self._decide(scores, features, vector, read.text)
        return Retrieval(text, read.text, read.confidence, vector, candidates, right, scope, outcome, aspects)

    def _decide(self, scores: Matrix, features: Matrix, vector: Vectors, text: str) -> tuple[Outcome, float, float]:
        if self.decision is None or self.scope is None:
            return "answer", 1.0, 1.0
        return self.decision(signals(scores, features, self.scope(vector), text, self.ranker.groups_at()))


def text_retriever(documents: Sequence[Document], cache: VectorCache) -> Retriever:
    """A retriever for plain texts, with nothing learned but the restorer's words."""
    restorer = learn(document.text for document in documents)
    return Retriever(Index.build(documents, cache), cache.encoder, restorer, text_ranker())
