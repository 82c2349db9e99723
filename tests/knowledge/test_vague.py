"""What too few words to be about anything come to."""

from __future__ import annotations

import pytest

from knowledge.answer import answer
from knowledge.province import load_profile
from knowledge.question import Context, Question
from knowledge.seeding import load_seed
from knowledge.whereabouts import Whereabouts

ENTRIES = {entry.id: entry for entry in load_seed()}
PROFILE = load_profile("tinh-mau")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("giấy tờ", "clarification"),
        ("hỏi chút ạ", "clarification"),
        ("giá vàng hôm nay", "unanswered"),
        ("tối nay đá bóng kênh nào", "unanswered"),
    ],
)
def test_a_few_words_that_name_nothing_are_asked_back(text: str, status: str) -> None:
    question = Question(text, (("1.001193", 1.0),), "refuse", 0.1)
    said = answer(question, Context(), ENTRIES, PROFILE, Whereabouts(PROFILE))
    assert said.status == status
    assert [button.payload for button in said.messages[0].buttons] == ["/human"]
