"""Puts the documents of a question in order: a log-linear model over the features of the index.

McFadden (1974), "Conditional logit analysis of qualitative choice behavior": P(document) is the softmax of a weighted
sum, so the weights that explain which entry the curators' questions belong to give probabilities as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

from knowledge.index import FEATURES, Matrix

_LEARNED = FEATURES[:-2]
INPUTS = tuple(f"{name}_scaled" for name in _LEARNED) + _LEARNED
TEXT_WEIGHTS = {"lex_body_scaled": 0.5, "vec_body_scaled": 1 / 6, "vec_part_scaled": 2 / 6}
"""For plain texts: half BM25, a sixth the whole, a third windows and sentences (measured on XQuAD-vi)."""
_RIDGE = 1e-4
_ROUGH = np.array([0.2, 0.2, 0.1, 0.2, 0.3, 0.3, 0.2, 0.0, 0.5], dtype=np.float32)
_KEPT = 40
_LIKELY = 200
_UNRELATED, _SPREAD = 0.8, 5.0
_SAME_BONUS = 12.0
_NAMED_BONUS = 1.5
_ROUGH_LAY = 3.0


class Group(IntEnum):
    """What a document is. NAMED: an entry with examples. UNNAMED: one without. GENERAL: a general question. ABOUT: a
    general question about a procedure whose own entry gives the answer with figures and sources."""

    NAMED = 0
    UNNAMED = 1
    GENERAL = 2
    ABOUT = 3


_OF_UNNAMED = ("lex_names", "lex_body", "lex_name", "vec_name", "vec_body")
_UNNAMED_COLUMNS = [FEATURES.index(name) for name in _OF_UNNAMED]
FURTHER = ("about", "general", "general_asks_aspect", "unnamed", *(f"unnamed_{name}" for name in _OF_UNNAMED), "lay")
"""What depends on the group: an entry without examples is found by its title and text alone, and who asks for an aspect
of a procedure (its fee, its papers) seldom means a general question."""


def further(features: Matrix, groups: Matrix, asks_aspect: float) -> Matrix:
    """(documents, FURTHER). asks_aspect: the probability that the question asks for an aspect of a procedure."""
    made = np.zeros((len(features), len(FURTHER)), dtype=np.float32, order="F")
    made[:, 0], made[:, 1] = groups == Group.ABOUT, groups == Group.GENERAL
    made[:, 2] = (groups >= Group.GENERAL) * asks_aspect
    made[:, 3] = unnamed = groups == Group.UNNAMED
    best = max(float(features[:, :4].max()), 1e-9)
    for column, feature in enumerate(_UNNAMED_COLUMNS, 4):
        values = features[:, feature]
        made[:, column] = unnamed * (values / best if feature < 4 else (values - _UNRELATED) * _SPREAD)
    made[:, -1] = features[:, -1]
    return made


def inputs(features: Matrix) -> Matrix:
    """(documents, INPUTS): every feature brought to 0..1 over the documents of the question, and as it is.

    BM25 is divided by the best of the question, cosines are spread out from where e5 puts unrelated texts (0.8).
    """
    features = features[:, : len(_LEARNED)]
    low, high = features.min(axis=0), features.max(axis=0)
    scaled = (features - low) / np.maximum(high - low, 1e-9)
    lexical = features[:, :4] / max(float(features[:, :4].max()), 1e-9)
    return np.hstack((scaled, lexical, (features[:, 4:] - _UNRELATED) * _SPREAD)).astype(np.float32)


@dataclass(frozen=True)
class Ranker:
    """weights: of `INPUTS`. by_group: of `FURTHER`. groups: one `Group` a document; empty for plain texts.

    A question in the very words of a name or an example gets a bonus that outweighs the rest; one that contains a name
    gets a small one, since citizens who know the name mean it.
    """

    weights: tuple[float, ...]
    by_group: tuple[float, ...] = ()
    groups: tuple[int, ...] = ()

    def scores(self, features: Matrix, asks_aspect: float = 0.0, places: Matrix | None = None) -> Matrix:
        """One score a document, larger is better; their softmax is the probability of being meant.

        asks_aspect: as for `further`. places: the positions of the documents when they are the `likely` ones alone.
        The same as `inputs` times the weights, with the scaling moved into the weights.
        """
        n = len(_LEARNED)
        learned = features[:, :n]
        low, high = learned.min(axis=0), learned.max(axis=0)
        factors = np.full(n, _SPREAD, dtype=np.float32)
        factors[:4] = 1 / max(float(high[:4].max()), 1e-9)
        offsets = np.where(np.arange(n) < 4, 0.0, _UNRELATED).astype(np.float32)
        by_range = self._weights[:n] / np.maximum(high - low, 1e-9)
        as_is = self._weights[n:] * factors
        scores = learned @ (by_range + as_is) - (low @ by_range + offsets @ as_is)
        scores += _bonus(features)
        if not self.groups:
            return np.asarray(scores)
        return np.asarray(scores + further(features, self.groups_at(places), asks_aspect) @ self._by_group)

    def groups_at(self, places: Matrix | None = None) -> Matrix:
        """The groups of the documents at `places`, or of all."""
        return self._groups if places is None else self._groups[places]

    @cached_property
    def _weights(self) -> Matrix:
        return np.array(self.weights, dtype=np.float32)

    @cached_property
    def _by_group(self) -> Matrix:
        return np.array(self.by_group, dtype=np.float32)

    @cached_property
    def _groups(self) -> Matrix:
        return np.array(self.groups, dtype=np.int8)


def text_ranker() -> Ranker:
    """The ranker for plain texts."""
    return Ranker(tuple(TEXT_WEIGHTS.get(name, 0.0) for name in INPUTS))


def likely(features: Matrix, kept: Sequence[int]) -> Matrix:
    """Positions of the documents of a question that can matter, in order, and of `kept`.

    Those at both ends of a feature are among them: what is scaled comes out as if all documents were there.
    """
    learned = features[:, : len(_LEARNED)]
    rough = _rough(features)
    most = np.argpartition(-rough, min(_LIKELY, len(rough) - 1))[:_LIKELY]
    return np.unique(np.concatenate((most, learned.argmin(axis=0), learned.argmax(axis=0), list(kept))).astype(int))


@dataclass(frozen=True)
class Case:
    """A question whose `right` documents (positions among those of `features`) are known. weight: against the others.

    groups: one a document. asks_aspect: as for `further`.
    """

    features: Matrix
    groups: Matrix
    asks_aspect: float
    right: tuple[int, ...]
    weight: float = 1.0


def fit(cases: Sequence[Case]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Weights of `INPUTS` and of `FURTHER` that make the right documents likely."""
    rows, given, right = zip(*(_shortlist(case) for case in cases), strict=True)
    size = max(len(row) for row in rows)
    x = np.stack([np.pad(row, ((0, size - len(row)), (0, 0))) for row in rows])
    bonus = np.stack([np.pad(each, (0, size - len(each)), constant_values=-1e9) for each in given])
    meant = np.stack([np.pad(each, (0, size - len(each))) for each in right])
    shares = np.array([case.weight for case in cases])
    shares /= shares.sum()

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        z = x @ weights + bonus
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        hit = (p * meant).sum(axis=1) + 1e-12
        error = (p - p * meant / hit[:, None]) * shares[:, None]
        value = -(shares @ np.log(hit)) + _RIDGE * weights @ weights
        return float(value), np.einsum("nkd,nk->d", x, error) + 2 * _RIDGE * weights

    from scipy.optimize import minimize

    found = minimize(loss, np.zeros(x.shape[2]), jac=True, method="L-BFGS-B").x.tolist()
    return tuple(found[: len(INPUTS)]), tuple(found[len(INPUTS) :])


def _shortlist(case: Case) -> tuple[Matrix, Matrix, Matrix]:
    """Inputs of the likeliest documents of a question and the right ones, their bonus, and which are right."""
    top = np.union1d(np.argsort(-_rough(case.features))[:_KEPT], case.right).astype(int)
    rows = np.hstack((inputs(case.features), further(case.features, case.groups, case.asks_aspect)))[top]
    return rows, _bonus(case.features)[top], np.isin(top, case.right)


def _bonus(features: Matrix) -> Matrix:
    return np.asarray(_SAME_BONUS * features[:, -2] + _NAMED_BONUS * features[:, -3])


def _rough(features: Matrix) -> Matrix:
    """A first order, before anything is learned."""
    bonus = _bonus(features) + _ROUGH_LAY * features[:, -1]
    return np.asarray(inputs(features)[:, : len(_LEARNED)] @ _ROUGH + bonus / 2)
