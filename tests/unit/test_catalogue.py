from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.catalogue import CATALOGUE, load_catalogue, procedure
from knowledge.entry import Fee

ALL = {entry.id: entry for entry in load_catalogue()}


def _with(*channels: dict[str, object]) -> dict[str, object]:
    return {"code": "1.000001", "title": "Thử", "field": "Thử", "level": ["commune"], "channels": list(channels)}


def test_every_procedure_of_the_portal_is_there_and_unreviewed() -> None:
    assert len(ALL) == 2642
    assert {(e.origin, e.confidence, e.review) for e in ALL.values()} == {("import", "low", "none")}
    assert all(e.checked_at is not None and e.sources[0].basis == "portal" for e in ALL.values())
    assert CATALOGUE.stat().st_size < 1_500_000


def test_nothing_is_called_free() -> None:
    assert {e.fee.kind for e in ALL.values()} == {"fixed", "varies", "province", "unknown"}


def test_facts_of_one_record() -> None:
    entry = ALL["1.000017"]
    assert (entry.fee.kind, entry.fee.amount_vnd) == ("fixed", 50000)
    assert (entry.time.number, entry.time.unit) == (1, "working_day")
    assert (entry.place.authority, entry.place.level) == ("Cục Đăng kiểm Việt Nam", "ministry")
    assert entry.decision == "2267/QĐ-BXD"
    assert "199/2016/TT-BTC" in {d.number for d in entry.legal_basis}


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ([{"by": ["online"], "fee": 20000}, {"by": ["post"], "fee": 20000, "time": 1}], ("fixed", 20000)),
        ([{"by": ["online"], "fee": 0}], ("unknown", None)),
        ([{"by": ["online"]}], ("unknown", None)),
        ([{"by": ["online"], "unclear": True}], ("unknown", None)),
        ([{"by": ["online"], "fee": 0}, {"by": ["post"], "fee": 5000}], ("varies", None)),
        ([{"by": ["online"], "fee": 5000, "more": True}], ("varies", None)),
        ([{"by": ["online"], "fee": 0, "council": True}], ("province", None)),
        ([{"by": ["online"], "fee": 135}], ("unknown", None)),
        ([{"by": ["online"], "fee": 25, "currency": "USD"}], ("varies", None)),
    ],
)
def test_fee(channels: list[dict[str, object]], expected: tuple[str, int | None]) -> None:
    fee = procedure(_with(*channels)).fee
    assert (fee.kind, fee.amount_vnd) == expected


def test_contradicting_channels_keep_both_values() -> None:
    entry = procedure(
        _with(
            {"by": ["online"], "time": 20, "unit": "working_day", "fee": 15000},
            {"by": ["post", "in_person"], "time": 5, "unit": "working_day", "fee": 30000},
        )
    )
    assert entry.fee == Fee(
        kind="varies", rule="Cổng ghi: trực tuyến 15.000 đồng; qua bưu chính, trực tiếp 30.000 đồng"
    )
    assert entry.time.number is None
    assert entry.time.rule == "Cổng ghi: trực tuyến 20 ngày làm việc; qua bưu chính, trực tiếp 5 ngày làm việc"


def test_a_fee_says_what_it_is_counted_by() -> None:
    fee = procedure(_with({"by": ["online"], "fee": 250000, "per": "môn thi"})).fee
    assert fee == Fee(kind="fixed", amount_vnd=250000, rule="Tính cho mỗi môn thi")


def test_a_bare_number_is_no_time_limit() -> None:
    assert procedure(_with({"by": ["online"], "time": 1})).time.rule == "Cổng ghi: trực tuyến 1 (không ghi đơn vị)"


def test_sensitive_names_are_marked() -> None:
    assert ALL["3.000527"].sensitive
    assert not ALL["1.001193"].sensitive


def test_written_entries_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.jsonl"
    path.write_text("\n".join(json.dumps(_with() | {"code": code}) for code in ("1.000001", "1.000002")))
    assert [e.id for e in load_catalogue(path, without={"1.000001"})] == ["1.000002"]
