"""The decision: calibrated probabilities, thresholds by cost, three outcomes."""

import numpy as np
import pytest

from knowledge.decide import SIGNALS, Judged, fit, signals
from knowledge.index import FEATURES
from knowledge.ranker import Group

RANDOM = np.random.default_rng(7)


def judged(n: int) -> list[Judged]:
    """Questions whose first signal says whether the first candidate is right, and whose eighth whether it is ours."""
    made = []
    for _ in range(n):
        lead, outside = RANDOM.normal(), RANDOM.normal()
        row = RANDOM.normal(size=len(SIGNALS)) * 0.1
        row[0], row[7] = lead, outside
        in_scope = outside + RANDOM.normal() * 0.1 < 1.0
        right = lead + RANDOM.normal() * 0.3 > -0.5
        made.append(Judged(row, (0 if right else int(RANDOM.integers(1, 6))) if in_scope else None, bool(in_scope)))
    return made


@pytest.fixture(scope="module")
def questions() -> list[Judged]:
    return judged(1500)


def test_outcomes_follow_the_signals(questions: list[Judged]) -> None:
    decision = fit(questions)
    sure, unsure, outside = (np.zeros(len(SIGNALS)) for _ in range(3))
    sure[0], unsure[0], outside[7] = 3.0, -0.6, 4.0
    assert decision(sure)[0] == "answer"
    assert decision(unsure)[0] == "clarify"
    assert decision(outside)[0] == "refuse"


def test_probabilities_are_calibrated(questions: list[Judged]) -> None:
    decision = fit(questions)
    fresh = judged(3000)
    said = np.array([decision(question.signals)[1] for question in fresh])
    true = np.array([question.place == 0 for question in fresh])
    for low in (0.0, 0.25, 0.5, 0.75):
        chosen = (said >= low) & (said < low + 0.25)
        if chosen.sum() > 100:
            assert said[chosen].mean() == pytest.approx(true[chosen].mean(), abs=0.1)


def test_a_wrong_answer_is_rarer_than_without_a_threshold(questions: list[Judged]) -> None:
    decision = fit(questions)
    wrong_if_always = np.mean([q.place != 0 for q in questions if q.in_scope])
    assert decision.report["answered_wrong"] < wrong_if_always / 2
    assert decision.report["out_of_scope_refused"] > 0.8


def test_signals_of_a_clear_and_an_unclear_question() -> None:
    features = np.zeros((4, len(FEATURES)), dtype=np.float32)
    features[:, 4:8] = 0.8
    features[0, 4:8] = 0.95
    clear = signals(np.array([5.0, 0.0, 0.0, 0.0]), features, (0.8, -1.0), 6, np.zeros(4))
    unclear = signals(np.array([0.1, 0.0, 0.0, 0.0]), features, (0.8, -1.0), 6, np.full(4, Group.UNNAMED))
    assert len(clear) == len(SIGNALS)
    assert clear[0] > unclear[0]
    assert clear[1] == pytest.approx(5.0)
    assert unclear[2] > clear[2]
    assert (clear[-2], unclear[-2]) == (0.0, 1.0)
