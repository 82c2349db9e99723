"""Numbers and days in words become figures; words that only look like numbers stay."""

from __future__ import annotations

import pytest

from knowledge.text import normalise
from knowledge.text_numbers import in_figures

AMOUNTS = {
    "hai triệu rưỡi": "2.500.000",
    "2 triệu rưỡi": "2.500.000",
    "một triệu hai": "1.200.000",
    "một triệu hai trăm": "1.200.000",
    "mười hai triệu tư": "12.400.000",
    "ba trăm năm mươi nghìn": "350.000",
    "năm trăm ngàn đồng": "500.000 đồng",
    "một tỷ rưỡi": "1.500.000.000",
    "chín trăm chín mươi chín nghìn": "999.000",
    "hai nghìn lẻ năm": "2005",
    "hai nghìn không trăm hai mươi sáu": "2026",
    "một trăm linh năm": "105",
    "một trăm rưỡi": "150",
    "hai trăm ba": "230",
    "hai trăm mười": "210",
    "bảy mươi lăm tuổi": "75 tuổi",
    "mười bảy tuổi": "17 tuổi",
    "ba mươi ngày làm việc": "30 ngày làm việc",
    "hai trieu ruoi": "2.500.000",
    "bay muoi lam tuoi": "75 tuoi",
    "500k": "500 nghìn",
    "1tr2": "1,2 triệu",
    "200tr": "200 triệu",
}
ROWS = {
    "không chín một ba": "0913",
    "khong chin mot ba": "0913",
    "số cuối là một hai ba bốn": "số cuối là 1234",
    "sinh năm một chín chín không": "sinh năm 1990",
}
DAYS = {
    "mùng hai tháng chín": "2/9",
    "mung hai thang chin": "2/9",
    "mồng mười tháng ba": "10/3",
    "ngày 2 tháng 9": "2/9",
    "ngày hai mươi ba tháng mười một": "23/11",
    "ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi lăm": "15/8/2025",
    "ngày 1 tháng 7 năm 2025": "1/7/2025",
    "rằm tháng giêng": "15/1 âm lịch",
    "hai mươi ba tháng chạp": "23/12 âm lịch",
}
LEFT_ALONE = (
    "ba má tôi hai người",
    "một năm hai lần",
    "mười năm",
    "ba tháng hai ngày",
    "nộp ba bản, hai ảnh",
    "năm nay bà bảy nhà bên",
    "mồng một tết",
    "ngày 2/9",
    "phải nộp 5 triệu",
    "em 2k5",
    "trong 60 ngày",
    "1.001193",
    "nợ ba tháng không trả",
)


@pytest.mark.parametrize(("said", "figures"), [*AMOUNTS.items(), *ROWS.items(), *DAYS.items()])
def test_figures(said: str, figures: str) -> None:
    assert in_figures(said) == figures


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_words_are_left_alone(text: str) -> None:
    assert in_figures(text) == text


def test_a_number_does_not_reach_over_a_comma() -> None:
    assert in_figures("nhà có hai, ba trăm mét") == "nhà có hai, 300 mét"


def test_normalise_puts_numbers_in_figures() -> None:
    assert normalise("Hết hai triệu rưỡi, hẹn mùng hai tháng chín") == "Hết 2.500.000, hẹn 2/9"
