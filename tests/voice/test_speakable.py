"""Spoken Vietnamese: hand-written cases, and what must hold for every text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge import compose
from knowledge.entry import Procedure
from knowledge.province import load_profile
from tests.voice.telephone import seed
from voice.speakable import CHUNK_SECONDS, chunks, message_chunks, seconds, speak

GROUPS = yaml.safe_load((Path(__file__).parent / "speakable_cases.yml").read_text("utf-8"))
CASES = [(group, str(text), spoken) for group, cases in GROUPS.items() for text, spoken in cases.items()]
PROCEDURES = [entry for entry in seed().values() if isinstance(entry, Procedure)]


@pytest.mark.parametrize(("group", "text", "spoken"), CASES, ids=[f"{g}: {t}" for g, t, _ in CASES])
def test_case(group: str, text: str, spoken: str) -> None:
    assert speak(text) == spoken


def test_there_are_at_least_three_hundred_cases() -> None:
    assert len(CASES) >= 300


@pytest.mark.parametrize("text", [spoken for _, _, spoken in CASES if spoken])
def test_spoken_text_stays_as_it_is(text: str) -> None:
    assert speak(text) == text.rstrip(",") or speak(text) == text


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyHG0123456789 .,/-:%()\n", max_size=80))
def test_no_digit_survives(text: str) -> None:
    assert not re.search(r"\d", speak(text))


@pytest.mark.parametrize("entry", PROCEDURES, ids=lambda entry: entry.id)
def test_every_answer_is_read_in_short_pieces(entry: Procedure) -> None:
    profile = load_profile("tinh-mau")
    for aspect in ("overview", "documents", "fee", "time", "place", "steps"):
        for piece in message_chunks(compose.message(entry, aspect, profile)):
            assert seconds(piece) <= CHUNK_SECONDS
            assert not re.search(r"[\d\n{}⟦]|\d", piece)


def test_papers_are_counted_and_read_three_at_a_time() -> None:
    entry = next(e for e in PROCEDURES if sum(not p.condition for p in e.documents) >= 5)
    always = sum(not p.condition for p in entry.documents)
    pieces = message_chunks(compose.message(entry, "documents", load_profile("tinh-mau")))
    assert f"{speak(str(always))} loại giấy tờ" in pieces[0]
    assert "Thứ ba," in pieces[0] + pieces[1]
    assert not any("Thứ tư," in piece and "Thứ ba," in piece for piece in pieces)


def test_a_sentence_that_is_too_long_is_cut_at_a_comma() -> None:
    long = ", ".join(["hồ sơ đăng ký kết hôn của hai bên nam nữ"] * 12)
    pieces = chunks(long)
    assert len(pieces) > 1
    assert all(seconds(piece) <= CHUNK_SECONDS for piece in pieces)
    assert re.findall(r"\w+", " ".join(pieces)) == re.findall(r"\w+", long)
