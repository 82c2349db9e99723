"""Diacritic restoration: what is missing comes back, what is right stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.restorer import Restorer, learn, restored
from knowledge.seeding import load_seed
from knowledge.text import deaccent

TEXTS = [text for entry in load_seed() for text in (entry.title, *entry.common_names, *entry.examples)]


@pytest.fixture(scope="module")
def restorer() -> Restorer:
    return learn(TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dang ky ket hon can giay to gi", "đăng ký kết hôn cần giấy tờ gì"),
        ("lam giay khai sinh cho con", "làm giấy khai sinh cho con"),
        ("xin giaayf xac nhan tinhh trang hôn nhan", "xin giấy xác nhận tình trạng hôn nhân"),
        ("lênn thổcư", "lên thổ cư"),
        ("mat the bhyt cap lai o dau", "mất thẻ bảo hiểm y tế cấp lại ở đâu"),
        ("tro cap nguoi gia", "trợ cấp người già"),
    ],
)
def test_what_is_missing_comes_back(restorer: Restorer, typed: str, meant: str) -> None:
    assert restored(restorer, typed).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "Anh em chúng tôi muốn tách thửa đất của ông bà",
        "Chồng em ở xa vậy có cần về không",
        "Xã bảo sổ cũ không còn, tôi phải làm gì?",
        "Tôi ở thôn Hạ, mã hồ sơ H61.12-261009-0077",
        "Một con bò và một con bê",
        "Xin cấp bản sao trích lục, lệ phí 8.000 đồng",
    ],
)
def test_what_is_right_stays(restorer: Restorer, text: str) -> None:
    assert restored(restorer, text).text == text


def test_restored_examples_are_nearly_all_as_written(restorer: Restorer) -> None:
    written = [text for text in TEXTS if deaccent(text) != text][::40]
    words = [
        (a, b)
        for text in written
        for a, b in zip(text.split(), restorer.restore(deaccent(text)).text.split(), strict=True)
    ]
    assert sum(a == b for a, b in words) / len(words) > 0.95


def test_confidence_is_lower_where_two_words_fit(restorer: Restorer) -> None:
    sure = restorer.restore("dang ky ket hon").confidence
    unsure = restorer.restore("ban do").confidence
    assert unsure < sure <= 1.0


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_accepted(text: str) -> None:
    result = SMALL.restore(text)
    assert 0.0 < result.confidence <= 1.0


SMALL = learn(TEXTS[:200])


def test_saved_and_loaded_restores_the_same(restorer: Restorer, tmp_path: Path) -> None:
    restorer.save(tmp_path)
    again = Restorer.load(tmp_path)
    for text in ("dang ky tam tru cho sinh vien", "mat so do phai lam sao"):
        assert again.restore(text) == restorer.restore(text)
