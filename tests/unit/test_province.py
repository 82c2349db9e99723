from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from knowledge.entry import Faq
from knowledge.province import (
    PROFILES,
    MissingPlaceholderError,
    fill,
    load_profile,
    next_opening,
    open_now,
    say_hours,
    say_time,
)
from knowledge.seeding import load_seed

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROFILE = load_profile("tinh-mau")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T07:29", False),
        ("2026-11-23T07:30", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T16:59", True),
        ("2026-11-23T17:00", False),
        ("2026-11-21T10:00", True),  # Saturday morning
        ("2026-11-21T15:00", False),
        ("2026-11-22T10:00", False),  # Sunday
        ("2026-02-17T10:00", False),  # first day of Tết
        ("2027-02-08T10:00", False),  # third day of Tết
        ("2026-04-27T10:00", False),  # in lieu of Giỗ Tổ on a Sunday
        ("2026-09-02T10:00", False),
    ],
)
def test_open_now_follows_hours_and_public_holidays(at: str, expected: bool) -> None:
    assert open_now(PROFILE, _at(at)) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T09:15", "2026-11-23T09:15"),
        ("2026-11-23T12:10", "2026-11-23T13:30"),
        ("2026-11-21T12:00", "2026-11-23T07:30"),
        ("2026-02-14T11:00", "2026-02-21T07:30"),  # Tết of 2026 fills the whole week
        ("2026-12-31T18:00", "2027-01-02T07:30"),
    ],
)
def test_next_opening(at: str, expected: str) -> None:
    assert next_opening(PROFILE, _at(at)) == _at(expected)


def test_a_moment_of_another_zone_is_read_as_local_time() -> None:
    assert open_now(PROFILE, datetime(2026, 11, 23, 0, 30, tzinfo=ZoneInfo("UTC")))


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        open_now(PROFILE, datetime(2026, 11, 23, 8))  # noqa: DTZ001


def test_extra_closing_days() -> None:
    closed = PROFILE.model_copy(update={"closed_on": (date(2026, 11, 23),)})
    assert not open_now(closed, _at("2026-11-23T10:00"))


def test_hours_and_moments_are_said_in_vietnamese() -> None:
    assert say_hours(PROFILE) == (
        "thứ Hai đến thứ Sáu 7 giờ 30 đến 11 giờ 30 và 13 giờ 30 đến 17 giờ; thứ Bảy 7 giờ 30 đến 11 giờ; Chủ nhật nghỉ"
    )
    assert say_time(_at("2026-11-23T07:30")) == "7 giờ 30 thứ Hai ngày 23/11/2026"


def test_every_faq_can_be_filled() -> None:
    entries = [entry for entry in load_seed() if isinstance(entry, Faq)]
    assert len({entry.id for entry in entries}) == 179
    for entry in entries:
        for text in (entry.answer, entry.spoken or ""):
            assert not re.search(r"[{}]", fill(text, PROFILE)), entry.id


def test_fill_names_the_missing_placeholder() -> None:
    with pytest.raises(MissingPlaceholderError, match="so_nha"):
        fill("Số {so_nha}", PROFILE)


def test_a_profile_is_found_by_path_and_an_unknown_name_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "tinh-khac.yml"
    copy.write_text((PROFILES / "tinh-mau.yml").read_text("utf-8").replace("Tỉnh Mẫu", "Tỉnh Khác"))
    assert load_profile(copy).name == "Tỉnh Khác"
    with pytest.raises(FileNotFoundError, match="tinh-mau"):
        load_profile("khong-co")


def test_the_shipped_profile_is_visibly_fictional() -> None:
    assert PROFILE.dossier_code == "H00"
    assert "hư cấu" in PROFILE.hotline
    assert all("hư cấu" in fee.note for fee in PROFILE.fees.values())
