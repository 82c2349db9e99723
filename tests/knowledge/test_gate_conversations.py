"""Conversation tests as a gate: what they say is read from the files, and what a publication would break is named."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from knowledge.gate import regressions
from knowledge.gate_conversations import Expected, broken_turns, expectations
from knowledge.retriever import Candidate
from knowledge.snapshot import Snapshot

FILE = """
- conversation: Khai sinh rồi lệ phí
  gate: true
  turns:
    - citizen: làm giấy khai sinh
      answer: "1.001193"
    - citizen: hết bao nhiêu tiền
      aspect: fee
    - press: Lệ phí
      answer: "1.001193"
    - citizen: chuyện trên trời
      status: out_of_scope
- conversation: Không phải cửa chặn
  turns:
    - citizen: đăng ký kết hôn
      answer: "1.000894"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "some.yml").write_text(FILE, encoding="utf-8")
    return tmp_path


def _snapshot(decisions: dict[str, tuple[str, str]]) -> Snapshot:
    """A snapshot that decides as told: outcome and first entry of each question."""

    def search(question: str) -> Any:
        outcome, entry = decisions[question]
        return SimpleNamespace(outcome=outcome, candidates=(Candidate(entry, 1.0),))

    return cast(Snapshot, SimpleNamespace(retriever=SimpleNamespace(search=search, restorer=None), entries={}))


def test_the_questions_of_gates_are_read(folder: Path) -> None:
    name = "Khai sinh rồi lệ phí"
    assert list(expectations(folder)) == [
        Expected(name, "làm giấy khai sinh", "1.001193", frozenset()),
        Expected(name, "chuyện trên trời", None, frozenset()),
    ]


def test_the_shipped_conversations_hold_gates() -> None:
    assert len(list(expectations())) >= 6


def test_what_was_right_and_is_no_longer_is_named(folder: Path) -> None:
    old = _snapshot({"làm giấy khai sinh": ("answer", "1.001193"), "chuyện trên trời": ("refuse", "x")})
    new = _snapshot({"làm giấy khai sinh": ("answer", "faq-1"), "chuyện trên trời": ("answer", "faq-1")})
    named = [(turn.question, turn.answer, instead) for turn, instead in broken_turns(new, old, folder)]
    assert named == [("làm giấy khai sinh", "1.001193", "faq-1"), ("chuyện trên trời", None, "faq-1")]


def test_what_was_wrong_before_is_no_regression(folder: Path) -> None:
    wrong = _snapshot({"làm giấy khai sinh": ("clarify", "1.001193"), "chuyện trên trời": ("answer", "x")})
    assert broken_turns(wrong, wrong, folder) == []
    assert regressions(_snapshot({}), None, cast(Any, SimpleNamespace(encode=lambda role, texts: []))) == []
