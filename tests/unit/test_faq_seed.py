from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from knowledge.entry import Faq
from knowledge.seeding import load_seed

SEED = Path(__file__).resolve().parents[2] / "knowledge" / "seed" / "faq"


ENTRIES = [entry for entry in load_seed() if isinstance(entry, Faq)]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def test_all_179_questions_are_there_once() -> None:
    assert sorted(entry.id for entry in ENTRIES) == [f"faq-{n:03}" for n in range(1, 180)]


def test_each_topic_has_its_own_file() -> None:
    for path in SEED.glob("*.yml"):
        assert {raw["topic"] for raw in yaml.safe_load(path.read_text("utf-8"))} == {path.stem}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_can_be_found_spoken_and_traced(entry: Faq) -> None:
    names = {_plain(text) for text in (entry.title, *entry.common_names)}
    assert len(entry.common_names) >= 4
    assert len(entry.examples) >= 6
    assert not names & {_plain(text) for text in entry.examples}
    assert len(_plain(entry.spoken or entry.answer).split()) <= 62
    assert entry.sources
    assert all(source.checked_at is None for source in entry.sources if source.basis == "unverified")


def test_no_question_stands_under_two_entries() -> None:
    asked = [_plain(text) for entry in ENTRIES for text in (entry.title, *entry.common_names, *entry.examples)]
    assert sorted(asked) == sorted(set(asked))
