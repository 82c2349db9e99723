"""Answer, ask back or refuse: calibrated probabilities and thresholds chosen by what a mistake costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.index import FEATURES, Matrix
from knowledge.question import Outcome
from knowledge.ranker import Group

SIGNALS = (
    *("first", "margin", "third", "vec_name", "vec_example", "vec_body", "lexical"),
    *("outside", "foreign", "inside", "words"),
    *(f"lead_{name}" for name in FEATURES),
    *("unnamed", "general"),
)
"""What is known of a ranked question: log odds of the first candidate, its lead over the second, the probability left
after three; its best cosines; the share of the best BM25; cosine to the nearest question known to be out of scope, log
odds of being like those, cosine to the nearest passage; length in words (log); by how much the first leads the second
in each feature; whether the first has no examples, and whether it is a general question."""

LIKELY = 50
"""Candidates beyond these are never meant; their sum would only grow with the catalogue."""
WRONG = 5.0
"""A wrong answer sends somebody to an office for nothing: it costs as much as five clarifications."""
CLARIFY = 1.0
LOST = 3.0
"""Refusing when there was an answer, or asking back without a right choice, as there is none out of scope."""
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
    """A question whose answer is known.

    place: of the right entry among the candidates, None when there is none. weight: how often it is asked.
    """

    signals: Matrix
    place: int | None
    in_scope: bool
    weight: float = 1.0


def signals(scores: Matrix, features: Matrix, foreign: tuple[float, float], words: int, groups: Matrix) -> Matrix:
    """The `SIGNALS` of a question. scores, features, groups: of all documents. foreign: from `Scope`.

    Probabilities are those among the `LIKELY` best, so that they do not sink as the catalogue grows.
    """
    order = np.argsort(-scores, kind="stable")[:LIKELY]
    top = scores[order]
    likely = np.exp(top - top[0])
    p = likely / likely.sum()
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
            *foreign,
            inside,
            np.log1p(words),
            *(first - features[order[min(1, len(order) - 1)]]).tolist(),
            float(groups[order[0]] == Group.UNNAMED),
            float(groups[order[0]] >= Group.GENERAL),
        ]
    )


@dataclass(frozen=True)
class _Trial:
    """Questions with probabilities from models that have not seen them."""

    p_right: Matrix
    p_scope: Matrix
    places: Matrix
    scope: Matrix
    weights: Matrix

    def outcomes(self, answer_from: float, refuse_below: float) -> tuple[Matrix, Matrix, Matrix]:
        """Which questions are answered, asked back and refused."""
        refused = self.p_scope < refuse_below
        answered = ~refused & (self.p_right >= answer_from)
        return answered, ~refused & ~answered, refused

    def cost(self, answer_from: float, refuse_below: float) -> float:
        """The mean cost of a question."""
        answered, asked, refused = self.outcomes(answer_from, refuse_below)
        cost = np.where(answered & (self.places != 0), WRONG, 0.0)
        cost += np.where(asked, np.where(self.scope & (self.places <= 2), CLARIFY, LOST), 0.0)
        return float(np.average(cost + np.where(refused & self.scope, LOST, 0.0), weights=self.weights))

    def rates(self, answer_from: float, refuse_below: float) -> dict[str, float]:
        """What happens to questions in and out of scope, as shares."""
        answered, asked, refused = self.outcomes(answer_from, refuse_below)
        first, three = self.places == 0, self.places <= 2
        brier = float(np.average((self.p_right - first) ** 2, weights=self.weights))
        return {
            "answered_right": self._share(answered & first, self.scope),
            "answered_wrong": self._share(answered & ~first, self.scope),
            "right_or_offered": self._share((answered & first) | (asked & three), self.scope),
            "in_scope_refused": self._share(refused, self.scope),
            "out_of_scope_refused": self._share(refused, ~self.scope),
            "brier": brier,
        }

    def _share(self, which: Matrix, among: Matrix) -> float:
        return float(np.average(which[among], weights=self.weights[among])) if among.any() else 1.0


def fit(questions: Sequence[Judged]) -> Decision:
    """Calibrates both probabilities and chooses the thresholds with the least mean cost, all out of sample.

    Of thresholds that cost the same to a hundredth the lowest are taken: an answer at once is worth more.

    Five-fold cross-validation: a threshold is never judged by a model that has seen the question.
    """
    rows = np.array([question.signals for question in questions])
    right = np.array([question.place == 0 for question in questions])
    scope = np.array([question.in_scope for question in questions])
    weights = np.array([question.weight for question in questions])
    places = np.array([99 if question.place is None else question.place for question in questions])
    p_right, p_scope = (_out_of_fold(rows, yes, weights) for yes in (right, scope))
    trial = _Trial(p_right, p_scope, places, scope, weights)
    _, answer_from, refuse_below = min((round(trial.cost(a, r), 2), float(a), float(r)) for a in _GRID for r in _GRID)
    report = {"mean_cost": trial.cost(answer_from, refuse_below), **trial.rates(answer_from, refuse_below)}
    calibrated, inside = (logistic(rows, yes, weights) for yes in (right, scope))
    return Decision(calibrated, inside, answer_from, refuse_below, report)


def logistic(rows: Matrix, yes: Matrix, sample: Matrix) -> Logistic:
    """Fits a logistic regression with a small ridge; `sample` holds the weights of the rows."""
    means, deviations = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    x, y = (rows - means) / deviations, yes.astype(float)
    share = sample / sample.sum()

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        weights, z = parameters[:-1], x @ parameters[:-1] + parameters[-1]
        value = float(share @ (np.logaddexp(0, z) - y * z) + _RIDGE * weights @ weights)
        error = share * (1 / (1 + np.exp(-z)) - y)
        return value, np.append(x.T @ error + 2 * _RIDGE * weights, error.sum())

    from scipy.optimize import minimize

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Logistic(tuple(found[:-1].tolist()), float(found[-1]), tuple(means.tolist()), tuple(deviations.tolist()))


def _out_of_fold(rows: Matrix, yes: Matrix, weights: Matrix, folds: int = 5) -> Matrix:
    fold = np.random.default_rng(0).permutation(len(rows)) % folds
    result = np.empty(len(rows))
    for k in range(folds):
        seen = fold != k
        result[~seen] = logistic(rows[seen], yes[seen], weights[seen]).probability(rows[~seen])
    return result
