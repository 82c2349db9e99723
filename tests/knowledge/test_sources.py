"""Every answer names where it comes from, also what no entry says; "free" is said outright only where a source does."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge import compose
from knowledge.answer import answer
from knowledge.entry import Procedure, Source
from knowledge.province import load_profile
from knowledge.question import Context, Question
from knowledge.seeding import load_seed
from knowledge.vocabulary import Message
from knowledge.whereabouts import Whereabouts

ENTRIES = {entry.id: entry for entry in load_seed()}
PROFILE = load_profile("tinh-mau")
HERE = Whereabouts(PROFILE)
SINGLE, MARRIAGE, SICKNESS = "1.004873", "1.000894", "1.001667"


def kinds(message: Message) -> list[str]:
    return [source.kind for source in message.sources]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xã Văn Giáo, An Giang cũ", ["places"]),
        ("xã Mẫu Bốn", ["places", "province"]),
        ("xã Thanh Tuyền, huyện Dầu Tiếng", ["places"]),
    ],
)
def test_a_place_alone_is_cited(text: str, expected: list[str]) -> None:
    question = Question(text, (), "refuse", 0.0, place=text, place_alone=True)
    (message,) = answer(question, Context(), ENTRIES, PROFILE, HERE).messages
    assert kinds(message) == expected


def test_the_office_of_a_place_is_cited_after_the_procedure() -> None:
    question = Question("", ((MARRIAGE, 1.0),), "answer", 0.99, ("place",), place="xã Mẫu Bốn")
    (message,) = answer(question, Context(), ENTRIES, PROFILE, HERE).messages
    assert kinds(message) == ["procedure", "places", "province"]


def test_what_only_the_profile_says_is_cited_with_its_day_and_review() -> None:
    local = compose.message(ENTRIES[SINGLE], "fee", PROFILE).sources[1]
    assert (local.kind, local.id, local.checked_at, local.review) == ("province", "H00", None, "none")
    assert "chưa được cán bộ tỉnh duyệt" in compose.profile_caveat(PROFILE)
    checked = PROFILE.model_copy(update={"checked_at": date(2026, 11, 20), "review": "officer"})
    local = compose.cite_profile(checked)
    assert (local.checked_at, local.review) == (date(2026, 11, 20), "officer")
    assert compose.profile_caveat(checked) == ""


def test_a_general_answer_that_the_profile_fills_cites_it() -> None:
    filled = {entry.id for entry in ENTRIES.values() if entry.kind == "faq" and "{" in entry.answer}
    assert filled
    for entry in (ENTRIES[id_] for id_ in filled):
        assert kinds(compose.message(entry, None, PROFILE)) == ["faq", "province"]


@pytest.mark.parametrize(
    ("changes", "outright"),
    [
        ({}, False),
        ({"sources": (Source(basis="law", title="Luật Hộ tịch"),)}, True),
        ({"review": "officer"}, True),
    ],
)
def test_free_is_said_outright_only_where_a_document_or_an_officer_says_so(
    changes: dict[str, object], outright: bool
) -> None:
    entry = ENTRIES[MARRIAGE]
    assert isinstance(entry, Procedure)
    assert entry.fee.kind == "free"
    first = compose.message(entry.model_copy(update=changes), "fee", PROFILE).text.split("\n")[0]
    assert ("theo thông tin hiện có" not in first) is outright
    assert "không mất lệ phí" in first


def test_what_the_portal_alone_calls_free_is_no_known_fee() -> None:
    text = compose.message(ENTRIES[SICKNESS], "fee", PROFILE).text
    assert "chưa có mức thu được xác nhận" in text
    assert "Cổng quốc gia ghi miễn phí" in text
