"""Learns ranker and decision from the entries' own example questions, each asked as if nobody had written it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from zlib import crc32

import numpy as np

from knowledge import aspects, decide, ranker, scope
from knowledge.aspects import AspectModel
from knowledge.crew import shared_out
from knowledge.decide import Decision, Judged
from knowledge.documents import Document, Kind
from knowledge.encoder import Vectors
from knowledge.index import Index, Matrix, Query
from knowledge.ranker import FURTHER, Case, Group, Ranker
from knowledge.restorer import Restorer, restored
from knowledge.scope import Scope
from knowledge.text import normalise, syllables
from knowledge.text_file import read_yaml
from knowledge.text_tables import LANGUAGE
from knowledge.vector_cache import VectorCache

FOLDS = 3
PER_ENTRY = 8
NAMES_PER_ENTRY = 4
OUTSIDE_WEIGHT = 0.7
VAGUE_WEIGHT = 0.7
CALIBRATION_WEIGHT = 20.0
"""An entry's own examples, asked as if unwritten, are harder than citizens' questions; these are like theirs."""
ASK_BACK = 1
"""The place that the right entry of a vague message takes: whichever comes first, an answer is a guess."""
UNNAMED_WEIGHT = 3.0
UNNAMED_RANK_WEIGHT = 4.0
"""Questions about entries without examples are few; they weigh as much as a sixth of the others."""
Related = Sequence[tuple[int, ...]]
PRIORS = {Group.GENERAL: -1.2, Group.ABOUT: -2.2}
"""Log odds by which a citizen means a general question less often than the examples of all entries suggest: of 153
development questions 130 ask about one of 145 procedures and 23 about one of 179 general questions."""


@lru_cache(maxsize=1)
def out_of_scope() -> tuple[str, ...]:
    """The questions of ``language/out_of_scope.yml``."""
    return _grouped("out_of_scope.yml")


@lru_cache(maxsize=1)
def vague() -> tuple[str, ...]:
    """Messages that do not say what they are about (``language/vague.yml``): to ask back, not to guess or refuse."""
    return _grouped("vague.yml")


@lru_cache(maxsize=1)
def in_scope() -> tuple[str, ...]:
    """Questions on public services that sound like something else (``language/in_scope.yml``); no entry is known."""
    return _grouped("in_scope.yml")


def _grouped(name: str) -> tuple[str, ...]:
    groups = read_yaml(LANGUAGE / name)
    return tuple(str(text) for group in groups.values() for text in group)


def asked_texts() -> list[str]:
    """How citizens put questions, for the restorer to learn from: the samples of aspects and what is out of scope."""
    return [*out_of_scope(), *(normalise(question) for _, question in aspects.questions())]


@lru_cache(maxsize=1)
def calibration() -> tuple[tuple[str, str], ...]:
    """Questions with the id of their entry, written by somebody who had not seen the entries (``calibration.tsv``)."""
    lines = (LANGUAGE / "calibration.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((line.split("\t")[0], line.split("\t")[1]) for line in lines)


@lru_cache(maxsize=1)
def unnamed() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Questions about entries of the catalogue that nobody has named, with the ids that answer (``unnamed.tsv``)."""
    lines = (LANGUAGE / "unnamed.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((line.split("\t")[0], tuple(line.split("\t")[1].split("|"))) for line in lines)


def learn_scope(asked: Sequence[Asked], further: Vectors) -> tuple[Scope, list[Scope]]:
    """What tells questions out of scope from the others; and once for each fold of both, learned without it.

    further: vectors of what is in scope as well: titles of entries that nobody asked about, and `in_scope`.
    """
    ours, others = ([a for a in asked if a.known.outside is outside] for outside in (False, True))
    inside, outside = (np.array([question.vector for question in group]) for group in (ours, others))
    folds = [np.array([fold_of(question.known.text) for question in group]) for group in (ours, others)]

    def fit(theirs: Vectors, asked_here: Vectors) -> Scope:
        return scope.fit(theirs, np.vstack((asked_here, further)))

    held = [replace(fit(outside[folds[1] != k], inside[folds[0] != k]), outside=outside) for k in range(FOLDS)]
    return fit(outside, inside), held


def fold_of(text: str) -> int:
    """Which fold a question belongs to, from 0; the same in every publish."""
    return crc32(text.encode()) % FOLDS


@dataclass(frozen=True)
class Known:
    """A known question. right: the positions of the documents meant; empty when it is out of scope or vague.

    outside: whether it is out of scope. own: the passages that are this very question, left out of account. weight:
    against the others, for the decision; rank_weight: for the ranker.
    """

    text: str
    right: tuple[int, ...] = ()
    outside: bool = False
    own: tuple[int, ...] = ()
    weight: float = 1.0
    rank_weight: float = 1.0


@dataclass(frozen=True)
class Asked:
    """A known question put to the index.

    places: positions of the documents that can matter. features: theirs, (places, FEATURES). asks_aspect: how
    probable it is that it asks for an aspect.
    """

    known: Known
    vector: Vectors
    places: Matrix
    features: Matrix
    asks_aspect: float

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
            rank_weight = float(kind == Kind.EXAMPLE)
            for own, text in zip(passages, texts, strict=False):
                known.append(Known(text, (i,), own=(own,), rank_weight=rank_weight))
    return known


def told(index: Index, restorer: Restorer, workers: int) -> list[Known]:
    """The questions of the tables in ``language/``: on documents of the index, out of scope, and vague ones."""
    place = {id_: i for i, id_ in enumerate(index.ids)}
    known = [
        *(Known(text, _places(place, (id_,)), weight=CALIBRATION_WEIGHT) for text, id_ in calibration()),
        *(
            Known(text, _places(place, ids), weight=UNNAMED_WEIGHT, rank_weight=UNNAMED_RANK_WEIGHT)
            for text, ids in unnamed()
        ),
    ]
    known = [question for question in known if question.right]
    known += [Known(text, outside=True, weight=OUTSIDE_WEIGHT) for text in out_of_scope()]
    known += [Known(text, weight=VAGUE_WEIGHT) for text in vague()]
    texts = read(restorer, [question.text for question in known], workers)
    return [replace(question, text=text) for question, text in zip(known, texts, strict=True)]


def _places(place: Mapping[str, int], ids: Sequence[str]) -> tuple[int, ...]:
    return tuple(place[id_] for id_ in ids if id_ in place)


def read(restorer: Restorer, texts: Sequence[str], workers: int) -> list[str]:
    """The texts as they are searched."""
    return shared_out(lambda part: [restored(restorer, text).text for text in part], texts, workers)


def ask(
    known: Sequence[Known], related: Related, index: Index, cache: VectorCache, model: AspectModel, workers: int
) -> list[Asked]:
    """Put known questions to the index. related: for every document, those that answer its questions as well."""

    def work(part: Sequence[tuple[Known, Vectors]]) -> list[Asked]:
        return [_asked(question, vector, related, index, model) for question, vector in part]

    vectors = cache.encode("query", [question.text for question in known])
    return shared_out(work, list(zip(known, vectors, strict=True)), workers)


def _asked(known: Known, vector: Vectors, related: Related, index: Index, model: AspectModel) -> Asked:
    features = index.features(Query(known.text, vector), known.own)
    places = ranker.likely(features, _answering(known, related))
    return Asked(known, vector, places, features[places], aspects.asks_aspect(model(known.text)))


def _answering(known: Known, related: Related) -> list[int]:
    return [document for right in known.right for document in (right, *related[right])]


def groups_of(documents: Sequence[Document], related: Related) -> tuple[int, ...]:
    """What each entry is (`Group`)."""
    return tuple(int(_group(document, others)) for document, others in zip(documents, related, strict=True))


def learn_ranker(groups: tuple[int, ...], asked: Sequence[Asked]) -> Ranker:
    """Weights from the known questions, and priors by what an entry is (`groups_of`)."""
    numbers = np.array(groups)
    cases = [
        Case(a.features, numbers[a.places], a.asks_aspect, tuple(map(a.place_of, a.known.right)), a.known.rank_weight)
        for a in asked
        if a.known.right and a.known.rank_weight
    ]
    weights, by_group = ranker.fit(cases)
    priors = {FURTHER.index(group.name.lower()): prior for group, prior in PRIORS.items()}
    shifted = tuple(weight + priors.get(i, 0.0) for i, weight in enumerate(by_group))
    return Ranker(weights, shifted, groups)


def _group(document: Document, related: Sequence[int]) -> Group:
    if document.id.startswith("faq-"):
        return Group.ABOUT if related else Group.GENERAL
    return Group.NAMED if document.examples else Group.UNNAMED


def learn_decision(asked: Sequence[Asked], related: Related, chosen: Ranker, held: Sequence[Scope]) -> Decision:
    """Calibration and thresholds from questions in scope and out of it.

    General questions weigh as little as they are asked. held: from `learn_scope`.
    """
    outside = [question for question in asked if question.known.outside]
    numbers = {id(question): i for i, question in enumerate(outside)}
    return decide.fit([_judged(question, related, chosen, held, numbers.get(id(question))) for question in asked])


def _judged(question: Asked, related: Related, chosen: Ranker, held: Sequence[Scope], number: int | None) -> Judged:
    """number: of a question out of scope among these."""
    known, groups = question.known, chosen.groups_at(question.places)
    scores = chosen.scores(question.features, question.asks_aspect, question.places)
    foreign = held[fold_of(known.text)](question.vector, number)
    seen = signals(scores, question.features, foreign, known.text, groups)
    if not known.right:
        return Judged(seen, None if known.outside else ASK_BACK, not known.outside, known.weight)
    right = max(scores[question.place_of(i)] for i in _answering(known, related))
    share = float(np.exp(PRIORS.get(Group(chosen.groups[known.right[0]]), 0.0)))
    return Judged(seen, int((scores > right).sum()), True, known.weight * share)


def signals(scores: Matrix, features: Matrix, foreign: tuple[float, float], text: str, groups: Matrix) -> Matrix:
    """The `decide.SIGNALS` of a question; `foreign` is what its `Scope` says of it."""
    return decide.signals(scores, features, foreign, len(syllables(text)), groups)
