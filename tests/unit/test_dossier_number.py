"""The number beside a dossier code, as citizens write and say it."""

from __future__ import annotations

import pytest

from knowledge.dossier_number import read_number

CODE = "H00.14-261105-0012"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("4826", "4826"),
        ("là 4826 ạ", "4826"),
        ("4 8 2 6", "4826"),
        ("48 26", "4826"),
        ("bốn tám hai sáu", "4826"),
        ("bon tam hai sau", "4826"),
        ("4 số cuối là 0246 nhé", "0246"),
        ("bốn số cuối không hai bốn sáu", "0246"),
        ("099900004826", "099900004826"),
        ("0999 0000 4826", "099900004826"),
        ("mã số thuế 9900003145", "9900003145"),
        ("9900003145-001", "9900003145001"),
        (f"{CODE}, 4826", "4826"),
        ("482", None),
        ("48261", None),
        ("4826 hoặc 4827", None),
        ("không biết", None),
        ("", None),
    ],
)
def test_when_asked(said: str, number: str | None) -> None:
    assert read_number(said, asked=True) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (f"{CODE} bốn số cuối 4826", "4826"),
        (f"4 số cuối căn cước là 4826, mã {CODE}", "4826"),
        (f"{CODE} so cuoi la 4826", "4826"),
        (f"{CODE} 4826", "4826"),
        (f"{CODE} căn cước 099900004826", "099900004826"),
        (f"hồ sơ {CODE} nộp năm 2025", None),
        (f"hồ sơ {CODE} nộp 2025", None),
        ("tôi nộp hồ sơ năm 2025", None),
        ("4826", None),
        (CODE, None),
    ],
)
def test_when_not_asked_only_what_is_announced_counts(said: str, number: str | None) -> None:
    assert read_number(said, asked=False) == number
