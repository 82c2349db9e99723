"""Danger heard by its words alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge import urgent
from knowledge.urgent import KINDS, urgent_kind, urgent_text

TABLE = yaml.safe_load(Path(urgent.__file__).with_name("urgent.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nhà em đang cháy, em sợ quá", "fire"),
        ("NHÀ CHÁY!!! cứu với", "fire"),
        ("chay nha roi, khoi mu mit", "fire"),
        ("bà tôi ngất xỉu rồi", "medical"),
        ("có ng bị đâm máu me", "police"),
        ("chong em bop co em, bi chong danh", "violence"),
        ("chồng bóp cổ em", "violence"),
        ("em muốn tự vẫn", "self_harm"),
        ("con tôi bị lạc ở chợ", "child"),
        ("lỡ đọc mã OTP cho họ rồi", "scam"),
    ],
)
def test_danger_is_heard(text: str, kind: str) -> None:
    assert urgent_kind(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "tôi cần tư vấn thủ tục đất đai",
        "toi can tu van thu tuc dat dai",
        "đang chạy xe ôm muốn đăng ký kinh doanh",
        "mất bóp có giấy tờ xe",
        "mat bop co giay to xe",
        "xin giấy xác nhận nhà bị cháy năm ngoái",
        "nghiệm thu phòng cháy chữa cháy cần giấy gì",
        "tài khoản định danh em bị khóa",
        "",
    ],
)
def test_calm_words_are_not_danger(text: str) -> None:
    assert urgent_kind(text) is None


@pytest.mark.parametrize(("kind", "phrase"), [(kind, phrase) for kind in KINDS for phrase in TABLE[kind]["any"]])
def test_every_phrase_raises_the_alarm(kind: str, phrase: str) -> None:
    assert urgent_kind(phrase) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_unclear_is_a_phrase_with_diacritics(kind: str) -> None:
    rules = TABLE[kind]
    assert set(rules["unclear"]) <= {*rules["any"], *rules["not"]}
    assert not [phrase for phrase in rules["unclear"] if phrase.isascii()]


def test_a_number_to_call_is_said_of_every_kind() -> None:
    said = {kind: urgent_text(kind) for kind in KINDS}
    assert all(any(number in text for number in ("111", "113", "114", "115")) for text in said.values())
