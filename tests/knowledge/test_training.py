"""What a publication learns from: the tables of questions, apart from those that measure it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from knowledge import training
from knowledge.documents import Document
from knowledge.index import FEATURES
from knowledge.ranker import FURTHER, Group
from knowledge.text import normalise
from knowledge.training import Asked, Known, groups_of, learn_ranker

MEASURED = Path(__file__).parents[1] / "questions"
LEARNED = {
    "calibration": [text for text, _ in training.calibration()],
    "unnamed": [text for text, _ in training.unnamed()],
    "out_of_scope": training.out_of_scope(),
    "vague": training.vague(),
}


@pytest.mark.parametrize("table", LEARNED)
def test_nothing_is_learned_from_a_question_that_measures(table: str) -> None:
    measured = set()
    for path in MEASURED.glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as file:
            measured |= {normalise(row["text"]).lower() for row in csv.DictReader(file, delimiter="\t")}
    assert {text for text in LEARNED[table] if normalise(text).lower() in measured} == set()
    assert len(set(LEARNED[table])) == len(LEARNED[table]) >= 100


def test_documents_fall_into_groups_and_general_questions_are_rarer_than_their_examples() -> None:
    documents = [
        Document("1.1", ("cấp giấy",), ("xin giấy ở đâu",), ""),
        Document("1.2", ("cấp phép",), (), ""),
        Document("faq-1", ("giấy là gì",), ("giấy là cái chi",), ""),
        Document("faq-2", ("mấy giờ mở cửa",), ("mở cửa lúc nào",), ""),
    ]
    random = np.random.default_rng(0)
    asked = [
        Asked(
            Known("", (i % 4,)),
            np.zeros(4, np.float32),
            np.arange(4),
            random.random((4, len(FEATURES))).astype(np.float32),
            0.0,
        )
        for i in range(80)
    ]
    learned = learn_ranker(groups_of(documents, [(2,), (), (0,), ()]), asked)
    assert learned.groups == (Group.NAMED, Group.UNNAMED, Group.ABOUT, Group.GENERAL)
    assert learned.by_group[FURTHER.index("about")] < -1.0
