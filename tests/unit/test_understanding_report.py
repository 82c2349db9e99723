"""The benchmark of understanding: how questions are spoilt, judged and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import _understanding_page as page
from benchmarks._asked import VERDICTS, Got, Wanted, _verdict, labelled, shares, wanted
from benchmarks._distorted import CHANNELS
from benchmarks._plots import calibration_error, risk_coverage

ASKED = Wanted("Mất bằng lái xe thì làm lại ở đâu?", frozenset({"a"}), "short", "place")
ANSWERS = [
    Got(ASKED, "right", 0.95, 0, "a", "place"),
    Got(ASKED, "right", 0.85, 0, "a", "fee"),
    Got(ASKED, "offered", 0.4, 1, "b", "place"),
    Got(ASKED, "wrong", 0.75, 1, "b", "place"),
]


def test_a_channel_spoils_a_question_always_the_same_way() -> None:
    spoilt = {name: spoil(ASKED.text) for name, spoil in CHANNELS.items()}
    assert spoilt == {name: spoil(ASKED.text) for name, spoil in CHANNELS.items()}
    assert spoilt["as is"] == ASKED.text
    assert spoilt["no diacritics"] == "Mat bang lai xe thi lam lai o dau?"
    assert len(set(spoilt.values())) == len(CHANNELS)


@pytest.mark.parametrize(
    ("outcome", "place", "verdict"),
    [
        ("answer", 0, "right"),
        ("answer", 1, "wrong"),
        ("answer", None, "wrong"),
        ("clarify", 2, "offered"),
        ("clarify", 3, "asked in vain"),
        ("clarify", None, "asked in vain"),
        ("refuse", 0, "refused"),
    ],
)
def test_a_verdict_is_what_the_citizen_meets(outcome: str, place: int | None, verdict: str) -> None:
    assert _verdict(outcome, place) == verdict


def test_shares_count_every_question_once() -> None:
    counted = shares(ANSWERS)
    assert counted["n"] == 4
    assert counted["first"] == 0.5
    assert sum(counted[verdict] for verdict in VERDICTS) == pytest.approx(1)


def test_calibration_and_risk_follow_the_probabilities() -> None:
    assert calibration_error(ANSWERS) == pytest.approx((0.05 + 0.15 + 0.4 + 0.75) / 4)
    coverage, risk = risk_coverage(ANSWERS)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3, 0.5])


def test_the_page_holds_tables_plots_and_confusions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "FOLDER", tmp_path)
    monkeypatch.setattr(page, "PAGE", tmp_path / "README.md")
    row = shares(ANSWERS)
    figures = {
        "channels": {"procedures, as is": row}, "styles": {"procedures, short": row}, "out of scope": row,
        "vague": row, "calibration error": 0.1, "aspect right where the entry is": 0.5,
    }  # fmt: skip
    page.write(figures, {("procedures", "as is"): ANSWERS}, {"a": "Cấp lại giấy phép lái xe", "b": "Đổi xe"})
    text = page.PAGE.read_text(encoding="utf-8")
    assert "| procedures, short | 4 | 0.500 |" in text
    assert "| place | fee | 1 |" in text
    assert "| Cấp lại giấy phép lái xe | Đổi xe | wrong |" in text
    assert {path.name for path in tmp_path.iterdir()} == {
        "README.md", "risk_coverage.svg", "calibration.svg", "channels.svg",
    }  # fmt: skip


def test_every_set_of_questions_can_be_read() -> None:
    assert {len(wanted(name)) > 150 for name in ("procedures", "faq", "catalogue")} == {True}
    assert len(labelled("out_of_scope")) >= 70
