"""How long ago something was, and whether that is past the deadline."""

from __future__ import annotations

import pytest

from knowledge.elapsed import elapsed, late_note
from knowledge.entry import Procedure
from knowledge.seeding import load_seed

ENTRIES = {entry.id: entry for entry in load_seed()}
BIRTH = ENTRIES["1.001193"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("con em sinh được ba tháng rồi chưa khai sinh", 90),
        ("bé sanh được hai tháng rưỡi", 75),
        ("cháu mới 20 ngày tuổi", 20),
        ("cách đây hai mươi ngày", 20),
        ("ba tôi mất hơn một năm nay", 365),
        ("đã 6 tuần", 42),
    ],
)
def test_how_long_ago(text: str, days: int) -> None:
    passed = elapsed(text)
    assert passed is not None
    assert passed.days == days


@pytest.mark.parametrize(
    "text", ["trong 60 ngày", "ba tháng lương", "khai sinh cho hai con", "mấy ngày có kết quả", ""]
)
def test_other_spans_are_not_the_past(text: str) -> None:
    assert elapsed(text) is None


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("con sinh được ba tháng rồi giờ khai sinh có bị phạt không", "Anh/chị nói ba tháng thì đã quá hạn 60 ngày."),
        ("bé sinh được 20 ngày rồi thì còn hạn không", "Anh/chị nói 20 ngày thì vẫn còn trong hạn 60 ngày."),
        ("nộp hồ sơ được ba tháng rồi chưa có", ""),
        ("khai sinh trễ bị phạt bao nhiêu", ""),
    ],
)
def test_the_deadline_of_a_birth(question: str, note: str) -> None:
    assert isinstance(BIRTH, Procedure)
    assert late_note(BIRTH, "deadline", question) == note
    assert late_note(BIRTH, "documents", question) == ""
