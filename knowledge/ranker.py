"""Puts the documents of a question in order: a weighted sum of scaled features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.index import FEATURES, Matrix

TEXT_WEIGHTS = {"lex_body": 0.5, "vec_body": 1 / 6, "vec_part": 2 / 6}
"""For plain texts: half BM25, half cosine of the whole, of windows and of sentences (measured on XQuAD-vi)."""


def scaled(features: Matrix) -> Matrix:
    """Every column brought to 0..1 over the documents of one question."""
    low, high = features.min(axis=0), features.max(axis=0)
    return (features - low) / np.maximum(high - low, 1e-9)


@dataclass(frozen=True)
class Ranker:
    """weights: of the scaled features, in the order of `FEATURES`."""

    weights: tuple[float, ...]

    def scores(self, features: Matrix) -> Matrix:
        """One score a document, larger is better."""
        return scaled(features) @ np.array(self.weights, dtype=np.float32)


def text_ranker() -> Ranker:
    """The ranker for plain texts."""
    return Ranker(tuple(TEXT_WEIGHTS.get(name, 0.0) for name in FEATURES))
