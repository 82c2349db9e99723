"""Answer, ask back or refuse: calibrated probabilities and thresholds chosen by what a mistake costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.index import FEATURES, Matrix
from knowledge.question import Outcome

SIGNALS = ("first", "margin", "third", "vec_name", "vec_example", "vec_body", "lexical", "outside", "inside", "words")
"""What is known of a ranked question: log odds of the first candidate, its lead over the second, the probability left
after three; its best cosines; the share of the best BM25; cosine to the nearest question known to be out of scope and
to the nearest passage; length in words (log)."""

WRONG = 5.0
"""A wrong answer sends somebody to an office for nothing: it costs as much as five clarifications."""
CLARIFY = 1.0
LOST = 3.0
"""Refusing, or asking back without the right choice, when there was an answer."""
_RIDGE = 1e-3
_GRID = np.round(np.arange(0.02, 0.99, 0.02), 2)


@dataclass(frozen=True)
class Logistic:
    """A logistic regression on standardised `SIGNALS`."""

    weights: tuple[float, ...]
    bias: float
    means: tuple[float, ...]
    deviations: tuple[float, ...]

    def probability(self, signals: Matrix) -> Matrix:
        """P(yes) for one row of signals or many."""
        z = (signals - np.array(self.means)) / np.array(self.deviations) @ np.array(self.weights) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(z, -30, 30))))


@dataclass(frozen=True)
class Decision:
    """right: whether the first candidate is meant. scope: whether the question is for this knowledge base at all.

    answer_from, refuse_below: thresholds on the two probabilities.
    """

    right: Logistic
    scope: Logistic
    answer_from: float
    refuse_below: float
    report: dict[str, float] = field(default_factory=dict)

    def __call__(self, signals: Matrix) -> tuple[Outcome, float, float]:
        """What to do, P(first is right) and P(in scope)."""
        right, scope = float(self.right.probability(signals)), float(self.scope.probability(signals))
        if scope < self.refuse_below:
            return "refuse", right, scope
        return ("answer" if right >= self.answer_from else "clarify"), right, scope


@dataclass(frozen=True)
class Judged:
    """A question whose answer is known. place: of the right entry among the candidates, None when there is none."""

    signals: Matrix
    place: int | None
    in_scope: bool


def signals(scores: Matrix, features: Matrix, outside: float, words: int) -> Matrix:
    """The `SIGNALS` of a question. scores, features: of all documents. outside: cosine to what is out of scope."""
    order = np.argsort(-scores, kind="stable")[:4]
    top = scores[order]
    likely = np.exp(scores - top[0])
    p = likely[order] / likely.sum()
    first = features[order[0]]
    lexical = float(first[:4].max() / max(float(features[:, :4].max()), 1e-9))
    inside = float(features[:, 4:8].max())
    return np.array(
        [
            np.log(p[0] / max(1 - p[0], 1e-6)),
            float(top[0] - top[1]) if len(top) > 1 else 5.0,
            max(0.0, 1 - float(p[:3].sum())),
            *(float(first[FEATURES.index(name)]) for name in ("vec_name", "vec_example", "vec_body")),
            lexical,
            outside,
            inside,
            np.log1p(words),
        ]
    )


def fit(questions: Sequence[Judged]) -> Decision:
    """Calibrates both probabilities and chooses the thresholds with the least mean cost, all out of sample.

    Five-fold cross-validation: a threshold is never judged by a model that has seen the question.
    """
    rows = np.array([question.signals for question in questions])
    right = np.array([question.place == 0 for question in questions])
    scope = np.array([question.in_scope for question in questions])
    p_right, p_scope = _out_of_fold(rows, right), _out_of_fold(rows, scope)
    places = np.array([99 if question.place is None else question.place for question in questions])
    answer_from, refuse_below = _thresholds(p_right, p_scope, places, scope)
    outcomes = _costs(p_right, p_scope, places, scope, answer_from, refuse_below)
    report = {"mean_cost": float(outcomes.mean()), **_rates(p_right, p_scope, places, scope, answer_from, refuse_below)}
    return Decision(logistic(rows, right), logistic(rows, scope), answer_from, refuse_below, report)


def logistic(rows: Matrix, yes: Matrix) -> Logistic:
    """Fits a logistic regression with a small ridge."""
    means, deviations = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    x, y = (rows - means) / deviations, yes.astype(float)

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        weights, z = parameters[:-1], x @ parameters[:-1] + parameters[-1]
        value = float(np.mean(np.logaddexp(0, z) - y * z) + _RIDGE * weights @ weights)
        error = 1 / (1 + np.exp(-z)) - y
        return value, np.append(x.T @ error / len(y) + 2 * _RIDGE * weights, error.mean())

    from scipy.optimize import minimize

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Logistic(tuple(found[:-1].tolist()), float(found[-1]), tuple(means.tolist()), tuple(deviations.tolist()))


def _out_of_fold(rows: Matrix, yes: Matrix, folds: int = 5) -> Matrix:
    fold = np.random.default_rng(0).permutation(len(rows)) % folds
    result = np.empty(len(rows))
    for k in range(folds):
        result[fold == k] = logistic(rows[fold != k], yes[fold != k]).probability(rows[fold == k])
    return result


def _costs(
    p_right: Matrix, p_scope: Matrix, places: Matrix, scope: Matrix, answer_from: float, refuse_below: float
) -> Matrix:
    refused = p_scope < refuse_below
    answered = ~refused & (p_right >= answer_from)
    asked = ~refused & ~answered
    cost = np.where(answered & (places != 0), WRONG, 0.0)
    cost += np.where(asked, np.where(scope & (places > 2), LOST, CLARIFY), 0.0)
    return np.asarray(cost + np.where(refused & scope, LOST, 0.0))


def _thresholds(p_right: Matrix, p_scope: Matrix, places: Matrix, scope: Matrix) -> tuple[float, float]:
    best = min(
        (float(_costs(p_right, p_scope, places, scope, a, r).mean()), float(a), float(r)) for a in _GRID for r in _GRID
    )
    return best[1], best[2]


def _rates(
    p_right: Matrix, p_scope: Matrix, places: Matrix, scope: Matrix, answer_from: float, refuse_below: float
) -> dict[str, float]:
    refused = p_scope < refuse_below
    answered = ~refused & (p_right >= answer_from)
    return {
        "answered_right": float(np.mean((answered & (places == 0))[scope])),
        "answered_wrong": float(np.mean((answered & (places != 0))[scope])),
        "in_three": float(np.mean((~refused & (places <= 2))[scope])),
        "in_scope_refused": float(np.mean(refused[scope])),
        "out_of_scope_refused": float(np.mean(refused[~scope])) if (~scope).any() else 1.0,
        "brier": float(np.mean((p_right - (places == 0)) ** 2)),
    }
