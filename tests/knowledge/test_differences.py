from __future__ import annotations

from typing import Any

import pytest

from knowledge.differences import differences
from knowledge.entry import Procedure

FIXED = {"kind": "fixed", "amount_vnd": 50000}
DAYS = {"number": 3, "unit": "working_day"}


def _procedure(**changes: Any) -> Procedure:
    sound = {
        "id": "1.990001", "title": "Thả diều", "field": "Thả diều", "fee": FIXED, "time": DAYS,
        "place": {"authority": "Ủy ban nhân dân xã", "level": "commune"}, "online": {"level": "unknown"},
        "confidence": "high",
    }  # fmt: skip
    return Procedure.model_validate(sound | changes)


def _differing(field: str, ours: Any, theirs: Any) -> Any:
    return differences(_procedure(**{field: ours}), _procedure(**{field: theirs}, origin="import")).get(field)


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        ({"kind": "free", "rule": "Luật miễn."}, "miễn phí"),
        ({"kind": "province"}, "do tỉnh quy định"),
        ({"kind": "unknown"}, "chưa rõ"),
        ({"kind": "varies", "rule": "Tùy cỡ diều."}, "Tùy cỡ diều."),
    ],
)
def test_a_price_of_the_import_stands_against_every_kind_of_fee(ours: dict[str, Any], said: str) -> None:
    assert _differing("fee", ours, FIXED) == (said, "50000 đồng")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"kind": "free", "rule": "Luật miễn."}, {"kind": "unknown", "rule": "Cổng ghi 0 đồng"}),
        ({"kind": "varies", "amount_vnd": 25000, "rule": "Một nửa của 50.000 đồng."}, FIXED),
        (
            {"kind": "varies", "rule": "Diều to 50.000 đồng, diều nhỏ 20.000 đồng."},
            {"kind": "varies", "rule": "Cổng ghi: trực tiếp 50.000 đồng; trực tuyến 20.000 đồng"},
        ),
        ({"kind": "province"}, {"kind": "province", "rule": "Cổng ghi thêm: tùy nơi"}),
    ],
)
def test_a_fee_that_is_not_known_or_that_our_rule_names_is_no_difference(ours: Any, theirs: Any) -> None:
    assert _differing("fee", ours, theirs) is None


def test_a_time_that_only_a_rule_says_is_compared() -> None:
    rule = {"rule": "Diều to 10 ngày làm việc."}
    assert _differing("time", rule, DAYS) == ("Diều to 10 ngày làm việc.", "3 working_day")
    assert _differing("time", rule, {"number": 10, "unit": "working_day"}) is None
    assert _differing("time", DAYS, {"rule": "Cổng ghi: trực tiếp 3 ngày làm việc; trực tuyến 5 ngày"}) is not None
    assert _differing("time", DAYS, {"rule": "Cổng ghi: trực tiếp 3 (không ghi đơn vị)"}) is None


def test_papers_differ_by_count_and_by_names_that_are_far_apart() -> None:
    def papers(*names: str) -> list[dict[str, str]]:
        return [{"name": name, "form": "original"} for name in names]

    ours = papers("Đơn xin thả diều", "Ảnh cái diều")
    assert _differing("documents", ours, papers("Đơn đề nghị thả diều", "Ảnh chụp diều")) is None
    assert _differing("documents", ours, []) is None
    assert _differing("documents", ours, papers("Đơn thả diều", "Giấy chứng nhận đất")) == (
        ["2 loại", "Ảnh cái diều"],
        ["2 loại", "Giấy chứng nhận đất"],
    )
    assert _differing("documents", ours[:1], papers("Đơn xin thả diều sáo", "Đơn xin thả diều")) == (
        ["1 loại"],
        ["2 loại"],
    )
