"""Whether a question looks like those nobody here answers: its nearest known one, and a linear model of its vector."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge.encoder import Vectors
from knowledge.index import Matrix

_RIDGE = 3e-4
_SPREAD = 10.0
_FILE = "scope.npz"


@dataclass(frozen=True)
class Scope:
    """outside: vectors of questions out of scope, (n, dimension). weights, bias: log odds of being one of them."""

    outside: Vectors
    weights: Matrix
    bias: float

    def __call__(self, vector: Vectors, without: int | None = None) -> tuple[float, float]:
        """The cosine to the nearest question out of scope, and the log odds of being out of scope.

        without: one of `outside` that is left out of account.
        """
        cosines = self.outside @ vector
        nearest = cosines if without is None else np.delete(cosines, without)
        return float(nearest.max(initial=0.0)), float(vector @ self.weights * _SPREAD + self.bias)

    def save(self, folder: Path) -> None:
        """Writes the model into `folder`."""
        np.savez(folder / _FILE, outside=self.outside, weights=self.weights, bias=np.float64(self.bias))

    @classmethod
    def load(cls, folder: Path) -> Scope:
        """Reads what `save` wrote."""
        with np.load(folder / _FILE) as file:
            return cls(file["outside"], file["weights"], float(file["bias"]))


def fit(outside: Vectors, inside: Vectors) -> Scope:
    """Learns to tell the two apart; both kinds weigh the same."""
    x = np.vstack((outside, inside)).astype(np.float64) * _SPREAD
    y = np.concatenate((np.ones(len(outside)), np.zeros(len(inside))))
    share = np.where(y > 0, 0.5 / max(len(outside), 1), 0.5 / max(len(inside), 1))

    def loss(parameters: Matrix) -> tuple[float, Matrix]:
        weights, z = parameters[:-1], x @ parameters[:-1] + parameters[-1]
        value = float(share @ (np.logaddexp(0, z) - y * z) + _RIDGE * weights @ weights)
        error = share * (1 / (1 + np.exp(-z)) - y)
        return value, np.append(x.T @ error + 2 * _RIDGE * weights, error.sum())

    from scipy.optimize import minimize

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Scope(outside, found[:-1].astype(np.float32), float(found[-1]))
