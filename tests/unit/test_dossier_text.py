"""What is said about a dossier. Saturday 21/11/2026 is today; Tuesday 24/11 is a public holiday since 2026."""

from dataclasses import fields
from datetime import date, timedelta
from typing import get_args

import pytest

from actions.backends import Dossier
from actions.dossier_text import describe, is_late, spoken_day, words, written_day
from actions.working_days import is_working_day, working_days_after
from knowledge.code_lookalikes import Lookalike
from knowledge.dossier_code import Reason
from knowledge.dossier_fields import stages

TODAY = date(2026, 11, 21)
PAST, AHEAD = date(2026, 11, 13), date(2026, 11, 27)
SAYS = {
    1: "chờ cán bộ tiếp nhận",
    2: "đã được tiếp nhận",
    3: "không được tiếp nhận",
    4: "đang được giải quyết",
    5: "bổ sung giấy tờ",
    6: "nộp thuế hoặc phí",
    7: "đang được rút",
    8: "đã dừng giải quyết",
    9: "đã có kết quả",
    10: "đã được trả",
}
LATE = "quá ngày hẹn"


def dossier(status: int | None, due: date | None = AHEAD, stage: str | None = None) -> Dossier:
    return Dossier(
        status,
        stage,
        received_on=date(2026, 11, 2),
        due_on=due,
        finished_on=date(2026, 11, 19),
        returned_on=date(2026, 11, 20),
    )


@pytest.mark.parametrize("due", [None, PAST, TODAY, AHEAD])
@pytest.mark.parametrize("status", range(1, 11))
def test_each_status_says_how_it_stands_and_late_only_when_it_is(status: int, due: date | None) -> None:
    told = describe(dossier(status, due), "Đăng ký khai sinh", TODAY)
    late = status in (2, 4) and due == PAST
    assert told.late is late
    for text in (told.text, told.spoken):
        assert SAYS[status] in text
        assert (LATE in text) is late
        assert ("Phiếu xin lỗi" in text) is late
    assert "Thủ tục: Đăng ký khai sinh." in told.text


@pytest.mark.parametrize("status", [5, 6])
def test_a_stopped_clock_is_not_late_and_is_explained(status: int) -> None:
    told = describe(dossier(status, PAST), None, TODAY)
    assert "tạm dừng" in told.text
    assert "tính lại" in told.text


def test_a_result_is_never_called_a_grant() -> None:
    told = describe(dossier(9), None, TODAY)
    assert "đã có kết quả" in told.spoken
    assert "thứ Năm 19/11/2026" in told.text


def test_no_sentence_promises_a_grant_or_asks_for_a_secret() -> None:
    said = str(words()).lower()
    for forbidden in ("được duyệt", "được cấp", "phê duyệt", "chấp thuận", "otp", "mật khẩu", "miễn phí"):
        assert forbidden not in said


def test_an_unknown_status_is_admitted() -> None:
    told = describe(Dossier(None), None, TODAY)
    assert "Chưa đọc được" in told.text
    assert not told.late


def test_without_days_none_is_invented() -> None:
    for status in range(1, 11):
        told = describe(Dossier(status), None, TODAY)
        assert "202" not in told.text
        assert "tháng" not in told.spoken
        assert "None" not in told.text + told.spoken


@pytest.mark.parametrize(
    ("due", "says"),
    [
        (date(2026, 11, 20), "đã quá ngày hẹn trả thứ Sáu 20/11/2026."),
        (date(2026, 11, 19), "đã quá ngày hẹn trả thứ Năm 19/11/2026, chậm 1 ngày làm việc"),
        (date(2026, 11, 13), "chậm 5 ngày làm việc"),
        (date(2024, 1, 2), "đã quá ngày hẹn trả thứ Ba 02/01/2024."),
        (date(2026, 11, 21), "là ngày nghỉ, kết quả trả vào ngày làm việc kế tiếp là thứ Hai 23/11/2026"),
        (date(2026, 11, 23), "thứ Hai 23/11/2026, còn 1 ngày làm việc"),
        (date(2026, 11, 25), "thứ Tư 25/11/2026, còn 2 ngày làm việc"),
    ],
)
def test_the_appointment_knows_days_off(due: date, says: str) -> None:
    assert says in describe(dossier(4, due), None, TODAY).text


def test_on_the_day_itself_it_is_not_late() -> None:
    friday = date(2026, 11, 20)
    told = describe(dossier(4, friday), None, friday)
    assert "hôm nay, thứ Sáu 20/11/2026" in told.text
    assert not told.late


def test_an_appointment_on_a_sunday_is_late_after_monday() -> None:
    sunday = date(2026, 11, 15)
    assert not is_late(dossier(4, sunday), sunday + timedelta(days=1))
    assert is_late(dossier(4, sunday), sunday + timedelta(days=2))


def test_days_are_said_as_people_say_them() -> None:
    assert spoken_day(date(2026, 11, 5), TODAY) == "thứ Năm ngày mùng 5 tháng 11"
    assert spoken_day(date(2025, 12, 31), TODAY) == "thứ Tư ngày 31 tháng 12 năm 2025"
    assert written_day(date(2026, 9, 2)) == "thứ Tư 02/09/2026"


def test_the_telephone_gets_no_slashes_and_no_lists() -> None:
    for status in range(1, 11):
        spoken = (
            describe(dossier(status, PAST), "Đăng ký khai sinh", TODAY)
            .spoken.replace("Anh/chị", "")
            .replace("anh/chị", "")
        )
        assert "/" not in spoken
        assert "\n" not in spoken
        assert len(spoken) < 330


@pytest.mark.parametrize("stage", sorted(stages()))
def test_every_sub_status_has_its_sentence(stage: str) -> None:
    assert words()["stages"][stage] in describe(dossier(5, stage=stage), None, TODAY).text


def test_every_reason_why_a_text_is_no_code_has_its_sentence() -> None:
    assert set(words()["not_a_code"]) == {*get_args(Reason), *get_args(Lookalike)}


def test_a_dossier_has_no_place_for_a_person() -> None:
    assert {field.name for field in fields(Dossier)} == {
        "status", "stage", "procedure_id", "procedure_title", "received_on", "due_on", "finished_on", "returned_on",
    }  # fmt: skip


def test_working_days() -> None:
    assert not is_working_day(date(2026, 2, 17))
    assert working_days_after(date(2026, 11, 20), date(2026, 11, 25)) == 2
    assert working_days_after(date(2026, 11, 25), date(2026, 11, 20)) == 0
