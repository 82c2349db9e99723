"""The benchmark of retrieval: which questions of a labelled file count, and what it says of a file that is absent."""

from __future__ import annotations

import pytest

from benchmarks.retrieval import answerable, run
from knowledge.evaluate import Labelled
from knowledge.seeding import load_seed

ENTRIES = {entry.id: entry for entry in load_seed()}


def test_a_topic_stands_for_its_entries_and_an_intent_for_none() -> None:
    asked = [
        Labelled("kết hôn cần gì", frozenset({"1.000894"})),
        Labelled("phí hay lệ phí", frozenset({"faq:phi", "9.999999"})),
        Labelled("thời tiết", frozenset({"intent:oos_khac"})),
    ]
    first, second = answerable(asked, ENTRIES)
    assert first == asked[0]
    assert {"faq-080", "faq-093"} < second.ids
    assert "9.999999" not in second.ids


def test_absent_files_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XQUAD_VI", raising=False)
    monkeypatch.delenv("CITIZEN_QUESTIONS", raising=False)
    assert run() == {
        "XQuAD-vi": "not measured: XQUAD_VI is not set",
        "citizens": "not measured: CITIZEN_QUESTIONS is not set",
    }
