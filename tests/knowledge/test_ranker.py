"""The ranker: its folded arithmetic, learning from questions, bonus and priors."""

import numpy as np
import pytest

from knowledge import ranker
from knowledge.index import FEATURES
from knowledge.ranker import INPUTS, Ranker, inputs

RANDOM = np.random.default_rng(3)


def features(documents: int = 30) -> np.ndarray:
    made = RANDOM.random((documents, len(FEATURES))).astype(np.float32)
    made[:, :4] *= 20
    made[:, 4:8] = 0.8 + made[:, 4:8] * 0.15
    made[:, 8:] = 0
    return made


def test_scores_are_inputs_times_weights() -> None:
    rows = features()
    weights = RANDOM.normal(size=len(INPUTS))
    np.testing.assert_allclose(Ranker(tuple(weights)).scores(rows), inputs(rows) @ weights, rtol=1e-3, atol=1e-3)


def test_the_right_documents_are_learned() -> None:
    questions = []
    for _ in range(200):
        rows, right = features(), int(RANDOM.integers(30))
        rows[right, FEATURES.index("vec_name")] = 0.97
        questions.append((rows, right))
    learned = Ranker(ranker.fit(questions[:150]))
    assert np.mean([learned.scores(rows).argmax() == right for rows, right in questions[150:]]) > 0.9


def test_the_very_words_outweigh_the_rest_and_priors_break_ties() -> None:
    rows = np.zeros((3, len(FEATURES)), dtype=np.float32)
    rows[:, 4:8] = 0.8
    nothing = tuple(0.0 for _ in INPUTS)
    assert Ranker(nothing, (0.0, -2.0, -1.0)).scores(rows) == pytest.approx([0.0, -2.0, -1.0])
    rows[1, FEATURES.index("same")] = 1.0
    assert Ranker(nothing, (0.0, -2.0, -1.0)).scores(rows).argmax() == 1


def test_one_document_and_no_difference_are_no_error() -> None:
    rows = np.zeros((1, len(FEATURES)), dtype=np.float32)
    assert np.isfinite(ranker.text_ranker().scores(rows)).all()
