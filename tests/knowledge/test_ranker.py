"""The ranker: its folded arithmetic, learning from questions, bonus and priors."""

import numpy as np
import pytest

from knowledge import ranker
from knowledge.index import FEATURES
from knowledge.ranker import FURTHER, INPUTS, Case, Group, Ranker, inputs

RANDOM = np.random.default_rng(3)
GROUPS = np.array([Group.NAMED] * 15 + [Group.UNNAMED] * 15)


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
        questions.append(Case(rows, GROUPS, 0.5, (right,)))
    learned = Ranker(*ranker.fit(questions[:150]), tuple(GROUPS))
    assert np.mean([learned.scores(case.features, 0.5).argmax() in case.right for case in questions[150:]]) > 0.9


def test_an_entry_without_examples_is_found_by_what_people_say_for_its_title() -> None:
    questions = []
    for _ in range(200):
        rows, right = features(), int(RANDOM.integers(15, 30))
        rows[right, FEATURES.index("lay")] = 0.5
        questions.append(Case(rows, GROUPS, 0.0, (right,), 4.0))
    learned = Ranker(*ranker.fit(questions[:150]), tuple(GROUPS))
    assert learned.by_group[FURTHER.index("lay")] > 1.0
    assert np.mean([learned.scores(case.features).argmax() in case.right for case in questions[150:]]) > 0.9


def test_who_asks_for_an_aspect_seldom_means_a_general_question() -> None:
    groups = np.array([Group.NAMED, Group.ABOUT])
    questions = []
    for turn in range(200):
        rows = features(2)
        rows[1] = rows[0]
        questions.append(Case(rows, groups, float(turn % 2), (1 - turn % 2,)))
    learned = Ranker(*ranker.fit(questions), tuple(groups))
    rows = np.repeat(features(1), 2, axis=0)
    assert [learned.scores(rows, asked).argmax() for asked in (1.0, 0.0)] == [0, 1]


def test_the_very_words_outweigh_the_rest_and_priors_break_ties() -> None:
    rows = np.zeros((3, len(FEATURES)), dtype=np.float32)
    rows[:, 4:8] = 0.8
    nothing = tuple(0.0 for _ in INPUTS)
    priors = tuple({"about": -2.0, "general": -1.0}.get(name, 0.0) for name in FURTHER)
    plain = Ranker(nothing, priors, (Group.NAMED, Group.ABOUT, Group.GENERAL))
    assert plain.scores(rows) == pytest.approx([0.0, -2.0, -1.0])
    rows[1, FEATURES.index("same")] = 1.0
    assert plain.scores(rows).argmax() == 1


def test_one_document_and_no_difference_are_no_error() -> None:
    rows = np.zeros((1, len(FEATURES)), dtype=np.float32)
    assert np.isfinite(ranker.text_ranker().scores(rows)).all()
