"""Puts the documents of a question in order: a log-linear model over the features of the index.

McFadden (1974), "Conditional logit analysis of qualitative choice behavior": P(document) is the softmax of a weighted
sum, so the weights that explain which entry the curators' questions belong to give probabilities as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
_LAY_BONUS = 3.0
"""Measured on questions about procedures that nobody named (``tests/questions/catalogue.tsv``, half dev): right first
.64 → .80 of long ones and .47 → .67 of short ones, at .013 of those about written procedures."""


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
    """weights: of `INPUTS`. priors: one a document, added to its score; empty for none.

    A question in the very words of a name or an example gets a bonus that outweighs the rest; one that contains a name
    gets a small one, since citizens who know the name mean it. What people say for a title counts where it is much.
    """

    weights: tuple[float, ...]
    priors: tuple[float, ...] = ()

    def scores(self, features: Matrix, places: Matrix | None = None) -> Matrix:
        """One score a document, larger is better; their softmax is the probability of being meant.

        places: the positions of the documents when they are the `likely` ones alone. The same as `inputs` times the
        weights, with the scaling moved into the weights.
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
        scores += _LAY_BONUS * features[:, -1] + _SAME_BONUS * features[:, -2] + _NAMED_BONUS * features[:, -3]
        if not self.priors:
            return np.asarray(scores)
        return np.asarray(scores + (self._priors if places is None else self._priors[places]))

    @cached_property
    def _weights(self) -> Matrix:
        return np.array(self.weights, dtype=np.float32)

    @cached_property
    def _priors(self) -> Matrix:
        return np.array(self.priors, dtype=np.float32)


def text_ranker() -> Ranker:
    """The ranker for plain texts."""
    return Ranker(tuple(TEXT_WEIGHTS.get(name, 0.0) for name in INPUTS))


def likely(features: Matrix, kept: Sequence[int]) -> Matrix:
    """Positions of the documents of a question that can matter, in order, and of `kept`.

    Those at both ends of a feature are among them: what is scaled comes out as if all documents were there.
    """
    learned = features[:, : len(_LEARNED)]
    bonus = features[:, -1] * _LAY_BONUS + features[:, -2] * _SAME_BONUS + features[:, -3] * _NAMED_BONUS
    rough = inputs(features)[:, : len(_LEARNED)] @ _ROUGH + bonus / 2
    most = np.argpartition(-rough, min(_LIKELY, len(rough) - 1))[:_LIKELY]
    return np.unique(np.concatenate((most, learned.argmin(axis=0), learned.argmax(axis=0), list(kept))).astype(int))


def fit(questions: Sequence[tuple[Matrix, int]]) -> tuple[float, ...]:
    """Weights that make the right documents likely. questions: features of the documents, and which one is right."""
    rows, right = zip(*(_shortlist(features, document) for features, document in questions), strict=True)
    size = max(len(row) for row in rows)
    x = np.stack([np.pad(row, ((0, size - len(row)), (0, 0)), constant_values=0) for row in rows])
    absent = np.stack([np.arange(size) >= len(row) for row in rows])
    chosen, every = np.array(right), np.arange(len(rows))

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        z = np.where(absent, -1e9, x @ weights)
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        value = -np.log(p[every, chosen] + 1e-12).mean() + _RIDGE * weights @ weights
        p[every, chosen] -= 1
        return float(value), np.einsum("nkd,nk->d", x, p) / len(rows) + 2 * _RIDGE * weights

    from scipy.optimize import minimize

    found = minimize(loss, np.zeros(len(INPUTS)), jac=True, method="L-BFGS-B")
    return tuple(float(weight) for weight in found.x)


def _shortlist(features: Matrix, right: int) -> tuple[Matrix, int]:
    """The likeliest documents of a question, the right one among them, and its place."""
    rows = inputs(features)
    top = np.argsort(-(rows[:, : len(_LEARNED)] @ _ROUGH))[:_KEPT]
    if right not in top:
        top[-1] = right
    return rows[top], int(np.flatnonzero(top == right)[0])
