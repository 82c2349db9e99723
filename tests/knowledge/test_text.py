"""Normalisation: spelling unified, every row of the tables, total and idempotent on any text."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.catalogue import CATALOGUE
from knowledge.text import accented_share, deaccent, normalise, syllables, unify
from knowledge.text_syllable import from_telex, from_vni, is_bare_syllable, is_syllable, place_tone, sound_key
from knowledge.text_tables import WORD_TABLES, Row, phrases, read_table

ROWS = [row for table in WORD_TABLES for row in read_table(table)]


def sentence(row: Row, before: str = "", after: str = "") -> str:
    return " ".join(filter(None, ["hỏi về đường phố", before, *row.words, after]))


def _id(value: Row | str) -> str:
    return f"{value.table}:{' '.join(value.words)}" if isinstance(value, Row) else value


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_row_is_replaced_where_it_applies(row: Row) -> None:
    before = min(row.only_after, default="")
    after = "" if before else min(row.only_before, default="")
    assert (
        normalise(sentence(row, before, after)).lower()
        == normalise(" ".join(filter(None, ["hỏi về đường phố", before, row.means, after]))).lower()
    )


@pytest.mark.parametrize(("row", "word"), [(row, word) for row in ROWS for word in sorted(row.unless_before)], ids=_id)
def test_row_leaves_the_word_before_a_forbidding_one(row: Row, word: str) -> None:
    assert not row.fits("", word)


@pytest.mark.parametrize("table", WORD_TABLES)
def test_a_table_says_each_thing_once(table: str) -> None:
    said = [
        (row.words, row.only_after, row.only_before, bool(row.only_after or row.only_before))
        for row in read_table(table)
    ]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("phrase", [" ".join(words) for found in phrases().values() for words in found])
def test_no_row_applies_inside_a_phrase_of_the_law(phrase: str) -> None:
    assert normalise(f"hỏi thủ tục {phrase} ở tỉnh") == f"hỏi thủ tục {phrase} ở tỉnh"


def test_titles_of_procedures_keep_their_words() -> None:
    titles = [json.loads(line)["title"] for line in CATALOGUE.read_text(encoding="utf-8").splitlines()]
    said = [(set(syllables(unify(title))), set(syllables(normalise(title)))) for title in titles]
    assert not {word for plain, found in said for word in found - plain} & {
        "gì",
        "đâu",
        "mình",
        "biết",
        "không",
        "em",
        "rồi",
    }


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("e mún lm gks cho be can j", "em muốn làm giấy khai sinh cho be can gì"),
        ("mần khai sanh ở mô rứa", "làm khai sinh ở đâu vậy"),
        ("đăng ký thường chú cho con", "đăng ký thường trú cho con"),
        ("Ðăng ký hoà giải 😀 lắmmmm luôn :))", "Đăng ký hòa giải lắm luôn"),
        ("mất căn cưowcs rồi, lamf laij ddwowcj không", "mất căn cước rồi, làm lại được không"),
        ("xin so61 d9ie65n thoai5", "xin số điện thoại"),
        ("cccd e hết hạn t12 đổi trc dc hk", "căn cước công dân em hết hạn t12 đổi trước được không"),
        ("nhập hk cho vợ cần gì", "nhập hộ khẩu cho vợ cần gì"),
        ("chi nhánh nhận chi phí ở chi cục thuế", "chi nhánh nhận chi phí ở chi cục thuế"),
        ("răng hàm mặt", "răng hàm mặt"),
        ("hồ sơ H61.12-261009-0077 của e", "hồ sơ H61.12-261009-0077 của em"),
        ("Nghị định 123/2015/NĐ-CP", "Nghị định 123/2015/NĐ-CP"),
        ("bằng lái hạng C và A1", "giấy phép lái xe hạng C và A1"),
        ("chứng chỉ hàng hải cấp III, hạng iii", "chứng chỉ hàng hải cấp III, hạng iii"),
        ("tổ chức tài chính vi mô muốn nổ mìn", "tổ chức tài chính vi mô muốn nổ mìn"),
        ("hợp đồng BT, kíp ARS, em bt rồi", "hợp đồng BT, kíp ARS, em biết rồi"),
        ("vô dichvucong.gov.vn xem", "vào dichvucong.gov.vn xem"),
        ("chở 50 kg mà kg có giấy", "chở 50 kg mà không có giấy"),
        ("cục thuế, chi cục hải quan", "cục thuế, chi cục hải quan"),
        ("ho so tre hen", "hồ sơ tre hen".replace("hồ sơ", "ho so")),
    ],
)
def test_normalise(text: str, meaning: str) -> None:
    assert normalise(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "Con tôi được hai tháng rưỡi rồi mà chưa làm khai sinh thì có bị phạt không?",
        "Thửa đất 180 m2 ở nông thôn tách làm ba được không?",
        "Tôi ở Vị Thanh, Hậu Giang thì nộp hồ sơ ở đâu?",
        "Anh em chúng tôi thừa kế nhà của ông bà nội",
        "Má phanh xe ô tô và răng sứ không phải thủ tục hành chính",
        "Tỉnh ủy, Ủy ban nhân dân và Hội đồng nhân dân tỉnh",
    ],
)
def test_plain_vietnamese_is_left_alone(text: str) -> None:
    assert normalise(text) == text


def test_every_form_of_unicode_gives_the_same_text() -> None:
    text = "Xác nhận tình trạng hôn nhân, thủy lợi, hòa giải"
    assert unify(unicodedata.normalize("NFD", text)) == unify(text) == text


@given(st.text(max_size=80))
def test_normalise_accepts_anything_and_is_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.lists(st.sampled_from([" ".join(row.words) for row in ROWS] + ["xe", "đất", "A", "12", "?"]), max_size=8))
def test_normalise_is_idempotent_on_slang(words: list[str]) -> None:
    once = normalise(" ".join(words))
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nhaanj", "nhận"),
        ("ddaats", "đất"),
        ("thuwowngf", "thường"),
        ("cưowcs", "cước"),
        ("quyeets", "quyết"),
        ("help", None),
    ],
)
def test_telex(typed: str, meant: str | None) -> None:
    assert from_telex(typed) == meant


@pytest.mark.parametrize(("typed", "meant"), [("d9a6t1", "đất"), ("nguoi72", "người"), ("m2", None), ("t12", None)])
def test_vni(typed: str, meant: str | None) -> None:
    assert from_vni(typed) == meant


@pytest.mark.parametrize(
    ("word", "placed"),
    [("hoà", "hòa"), ("thuỷ", "thủy"), ("qúy", "quý"), ("giừơng", "giường"), ("gìa", "già"), ("khóan", "khoán")],
)
def test_tone_placement(word: str, placed: str) -> None:
    assert place_tone(word) == placed


def test_what_a_recogniser_mixes_up_sounds_the_same() -> None:
    assert sound_key("xinh") == sound_key("sinh")
    assert sound_key("chú") == sound_key("trú")
    assert sound_key("lên") == sound_key("nên")
    assert sound_key("đất") != sound_key("nhà")


def test_syllable_shapes() -> None:
    assert all(map(is_syllable, ("nghiêng", "quốc", "gì", "uống")))
    assert not any(map(is_syllable, ("cap", "help", "đạc2")))
    assert is_bare_syllable("cap")
    assert not is_bare_syllable("street")


def test_words_and_accents() -> None:
    assert syllables("Đăng ký, 2 bản!") == ["đăng", "ký", "2", "bản"]
    assert deaccent("Đường phố") == "Duong pho"
    assert accented_share("dang ky o đâu") == 0.25
