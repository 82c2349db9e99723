"""Names of entries in questions."""

from __future__ import annotations

import pytest

from knowledge.entry import ENTRY, Procedure
from knowledge.naming import called_by_name, calls_first_by_name, name_in
from knowledge.seeding import load_seed


@pytest.fixture(scope="module")
def licence() -> Procedure:
    """A procedure whose names hold words that ask and words that join."""
    seed = next(entry for entry in load_seed() if entry.id == "1.001193")
    title = "Cấp lại giấy chứng nhận và phù hiệu cho xe tải"
    made = ENTRY.validate_python(ENTRY.dump_python(seed) | {"title": title, "common_names": ["xin phù hiệu xe tải"]})
    assert isinstance(made, Procedure)
    return made


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hỏi cấp lại giấy chứng nhận và phù hiệu cho xe tải ở đâu", "cấp lại giấy chứng nhận và phù hiệu cho xe tải"),
        ("cap lai giay chung nhan, va phu hieu cho xe tai", "cap lai giay chung nhan, va phu hieu cho xe tai"),
        ("tôi muốn xin phù hiệu xe tải", "xin phù hiệu xe tải"),
        ("tôi muốn xin phù hiệu", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_longest_name_is_found_where_it_stands(licence: Procedure, text: str, name: str | None) -> None:
    found = name_in(text, licence)
    assert (text[found] if found else None) == name


def test_a_name_with_little_beside_it_calls_the_entry(licence: Procedure) -> None:
    assert calls_first_by_name("xin phù hiệu xe tải ở đâu", [licence])
    assert not calls_first_by_name(
        "ông hàng xóm nói rằng muốn chở hàng thuê thì phải đi xin phù hiệu xe tải", [licence]
    )


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("xin phù hiệu xe tải", 0),
        ("cho tôi hỏi xin phù hiệu xe tải mất bao lâu", 0),
        ("xin phù hiệu xe tải cho công ty nước ngoài", None),
        ("xin phù hiệu xe", None),
    ],
)
def test_an_entry_is_called_by_a_name_that_stands_alone(licence: Procedure, text: str, called: int | None) -> None:
    assert called_by_name(text, [licence]) == called
    assert called_by_name(text, [licence, licence]) is None
