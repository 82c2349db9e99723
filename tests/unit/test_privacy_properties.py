"""What masking promises of any text whatever: it ends, it stays inside the text, and nothing found is left over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import find, mask

_PIECES = (
    "0", "0 ", "không ", "a@", "a.", "số 1 ", "thôn ", "tên là ", "Nguyễn ", "nguyễn thị ", "bien so ", "1/", "12.",
    "ngày sinh của ", "sinh một ", "cuối là ", "H56.14-", "000.00.06.H56-", "x a cong b ", "ho chieu ", "c1234567 ",
    "+84 ", "đường số ", "tổ 5, ", "\u0301", "65A-", "stk 12345678 ", "căn cước 0", "⟦phone:1⟧", "\n", "đ ",
)  # fmt: skip
_TEXTS = st.text() | st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=40).map("".join)


@given(_TEXTS)
def test_values_are_in_order_without_overlap_and_inside_the_text(text: str) -> None:
    end = 0
    for found in find(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@given(_TEXTS)
def test_what_is_found_is_not_in_the_masked_text(text: str) -> None:
    kept: list[tuple[str, str]] = []

    def keep(kind: str, value: str) -> int:
        kept.append((kind, value))
        return len(kept)

    masked = mask(text, keep)
    assert masked.count("⟦") == len(kept)
    assert mask(masked.replace("⟦", "\ue000").replace("⟧", "\ue001"), lambda k, v: 0).count("\ue000") == len(kept)


@given(phone=st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), words=st.text(alphabet="abc ,;!?đêô\n", max_size=20))
def test_a_mobile_number_never_passes(phone: str, words: str) -> None:
    assert phone not in mask(f"{words} {phone} {words}", lambda kind, value: 1)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["0 ", "a@", "1/", "12.", "mười ", "tên là Nguyễn ", "ngày sinh của ", "\u0301"])
def test_a_hundred_kilobytes_of_anything_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert all(0 <= found.start < found.end <= len(text) for found in find(text))
