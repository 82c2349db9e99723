"""The lint of the training data: each rule on made-up data, and the repository's own data without a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.data_lint import ENOUGH, Example, lint, main, read_examples

HELD_OUT = [Path(__file__).with_name("held_out.yml"), *(Path(__file__).parents[2] / "questions").glob("*.tsv")]
DOMAIN: dict[str, Any] = {"intents": ["fee", "place"], "entities": ["aspect"]}


def examples(intent: str, *texts: str) -> list[Example]:
    return [Example(intent, text, (), f"{intent}.yml") for text in texts]


def healthy() -> list[Example]:
    words = [f"quả{a}{b}" for a in "abcdef" for b in "abcdefghij"]
    assert len(words) >= ENOUGH
    fee = examples("fee", *(f"{word} giá mấy đồng một ký" for word in words))
    return fee + examples("place", *(f"{word} bán chỗ nào" for word in words))


@pytest.mark.parametrize(
    ("added", "rule"),
    [
        (examples("fee", "quảac bán Chỗ nào"), "conflict"),
        (examples("fee", "quảaa giá mấy đồng một ký"), "duplicate"),
        (examples("greet", "chào"), "unknown intent"),
        ([Example("fee", "giá xăng", ("fuel",), "fee.yml")], "unknown entity"),
        (examples("fee", *(f"đóng bao nhiêu tiền cho việc số {n}" for n in range(60))), "template"),
    ],
)
def test_a_fault_is_found(added: list[Example], rule: str) -> None:
    assert rule in {finding.rule for finding in lint(healthy() + added, [], DOMAIN)}


def test_a_held_out_sentence_that_is_trained_on_is_a_leak_in_any_spelling() -> None:
    held_out = examples("place", "quaah ban cho nao", "nơi mua gạo ngon")
    assert [f.what for f in lint(healthy(), held_out, DOMAIN) if f.rule == "leak"] == ["'quaah ban cho nao'"]


def test_an_intent_with_few_examples_is_named() -> None:
    few = [e for e in healthy() if e.intent == "fee"] + examples("place", "quảab bán chỗ nào")
    assert "too few" in {finding.rule for finding in lint(few, [], DOMAIN)}


def test_healthy_data_has_no_finding() -> None:
    assert lint(healthy(), [], DOMAIN) == []


def test_annotations_are_read_and_left_out_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "fee.yml"
    file.write_text('nlu:\n- intent: fee\n  examples: |\n    - [mấy đồng]{"entity": "aspect", "role": "fee"} vậy\n')
    assert list(read_examples([file])) == [Example("fee", "mấy đồng vậy", ("aspect",), "fee.yml", ("fee",))]


def test_the_repositorys_training_data_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file) for file in HELD_OUT]) == 0, capsys.readouterr().out
