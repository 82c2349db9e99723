"""`evaluate`: measures against hand-counted ones, its files, and the contract of its output."""

import json
import math
from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.evaluate import Labelled, evaluate, read_questions

DATA = Path(__file__).with_name("data")
KEYS = {"n", "recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "ndcg@10", "p50_ms", "p95_ms"}


def test_measures_equal_those_counted_by_hand() -> None:
    answers = {"first": ["a", "b"], "third": ["x", "y", "b"], "never": ["x"], "two": ["a", "x", "b"]}
    asked = [
        Labelled("first", frozenset("a")),
        Labelled("third", frozenset("b")),
        Labelled("never", frozenset("c")),
        Labelled("two", frozenset("ab")),
    ]
    report = evaluate(asked, answers.__getitem__)
    assert report.n == 4
    assert report.recall == {1: 0.5, 3: 0.75, 5: 0.75, 10: 0.75}
    assert report.mrr == pytest.approx((1 + 1 / 3 + 0 + 1) / 4)
    two = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert report.ndcg == pytest.approx((1 + 1 / math.log2(4) + 0 + two) / 4)


def test_no_question_is_an_error() -> None:
    with pytest.raises(ValueError, match="no questions"):
        evaluate([], lambda _: [])


def test_labels_may_carry_names_and_several_ids(tmp_path: Path) -> None:
    file = tmp_path / "q.tsv"
    file.write_text("text\tlabel\nhỏi\t1.001193 Khai sinh; 1.000656 Khai tử\n", encoding="utf-8")
    assert read_questions(file) == [Labelled("hỏi", frozenset({"1.001193", "1.000656"}))]


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "q.tsv"
    file.write_text("question\tanswer\na\tb\n", encoding="utf-8")
    with pytest.raises(ValueError, match="text and id"):
        read_questions(file)


def test_command_prints_one_json_object_last(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(
        ["evaluate", "--questions", str(DATA / "questions.tsv"), "--corpus", str(DATA / "corpus.jsonl"), "--json"]
    )
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0
    assert report.keys() == KEYS
    assert report["n"] == 15
    assert report["recall@1"] >= 0.9
