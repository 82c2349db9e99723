"""Old and new names of places: what they can mean today, and when to ask."""

from __future__ import annotations

import pytest

from benchmarks.places import run
from knowledge.places.find import Finder, Place
from knowledge.places.gazetteer import Gazetteer
from knowledge.places.say import MAX_CHOICES, say
from knowledge.places.tables import communes, former_units

GAZETTEER = Gazetteer()
FINDER = Finder(GAZETTEER)


def found(text: str) -> Place:
    place = FINDER.find(text)
    assert place is not None, text
    return place


def today(text: str) -> list[str]:
    named = (GAZETTEER.communes[code] for code in found(text).today)
    return sorted(f"{commune.name}, {commune.province}" for commune in named)


def test_the_tables_name_every_unit_of_today_and_of_before() -> None:
    assert len(communes()) == 3321
    assert len({commune.province for commune in communes().values()}) == 34
    assert len(former_units()) == 10040
    assert {code for unit in former_units() for code in unit.today} == set(communes())


@pytest.mark.parametrize(
    ("text", "commune"),
    [
        ("nhà em ở phường Bến Nghé quận 1", "Phường Sài Gòn, Thành phố Hồ Chí Minh"),
        ("toi o phuong 4 quan 8", "Phường Chánh Hưng, Thành phố Hồ Chí Minh"),
        ("p4 q8", "Phường Chánh Hưng, Thành phố Hồ Chí Minh"),
        ("phường bốn quận tám", "Phường Chánh Hưng, Thành phố Hồ Chí Minh"),
        ("van giao an giang", "Xã An Cư, Tỉnh An Giang"),
        ("tôi ở Văn Giáo, An Giang cũ", "Xã An Cư, Tỉnh An Giang"),
        ("ấp 3 xã Tân Hòa huyện Phú Tân", "Xã Phú Tân, Tỉnh An Giang"),
        ("xã Cư Ê Wi, huyện Cư Kuin", "Xã Ea Ning, Tỉnh Đắk Lắk"),
        ("xa Ea HLeo", "Xã Ea H'Leo, Tỉnh Đắk Lắk"),
        ("Côn Đảo", "Đặc khu Côn Đảo, Thành phố Hồ Chí Minh"),
        ("huyện Côn Đảo", "Đặc khu Côn Đảo, Thành phố Hồ Chí Minh"),
        ("phường Vị Thanh, Cần Thơ", "Phường Vị Thanh, Thành phố Cần Thơ"),
        ("phường Vị Thanh, Hậu Giang", "Phường Vị Thanh, Thành phố Cần Thơ"),
        ("phường Long Trường, quận 9 cũ", "Phường Long Trường, Thành phố Hồ Chí Minh"),
        ("phường I thành phố Vị Thanh", "Phường Vị Thanh, Thành phố Cần Thơ"),
    ],
)
def test_a_place_that_is_certain(text: str, commune: str) -> None:
    assert today(text) == [commune]


@pytest.mark.parametrize(
    ("text", "number"),
    [("xã Thanh Tuyền, huyện Dầu Tiếng", 2), ("tôi ở Vị Thanh, Hậu Giang", 4), ("huyện Phú Tân, An Giang", 6)],
)
def test_a_place_that_was_split_or_is_wide_has_several(text: str, number: int) -> None:
    assert len(today(text)) == number


def test_diacritics_tell_names_apart_where_they_are_written() -> None:
    assert len(found("xã Tân Hóa").today) < len(found("xa tan hoa").today)


def test_before_and_now_are_told_apart() -> None:
    former, present = found("xã An Cư cũ"), found("xã An Cư mới")
    assert all(reading.former for reading in former.readings)
    assert not any(reading.former for reading in present.readings)


@pytest.mark.parametrize(
    "text",
    [
        "tôi ở xa quá không đi được",
        "em ở nhà trọ muốn đăng ký tạm trú",
        "làm giấy ở trung tâm được không",
        "đồng ý",
        "bảo hiểm xã hội",
        "khong hai long",
        "tạm ngưng quán 3 tháng",
        "tam ngung quan 3 thang",
        "ở xã hay ở tỉnh",
        "",
    ],
)
def test_words_that_only_look_like_places(text: str) -> None:
    assert FINDER.find(text) is None


def test_a_bare_name_in_small_letters_is_a_place_when_one_was_asked_for() -> None:
    assert FINDER.find("phú hữu") is None
    assert FINDER.find("phú hữu", expected=True) is not None


@pytest.mark.parametrize(
    ("text", "rest", "alone"),
    [
        ("tôi ở xã Văn Giáo cũ, làm khai sinh ở đâu", "làm khai sinh ở đâu", False),
        ("xin phép cất nhà ở xã Văn Giáo, An Giang", "xin phép cất nhà", False),
        ("dạ em ở phường 4 quận 8 ạ", "ạ", True),
        ("xã Tân Hòa cũ giờ thuộc xã nào", "giờ thuộc xã nào", True),
    ],
)
def test_what_else_the_message_says(text: str, rest: str, alone: bool) -> None:
    place = found(text)
    assert (place.rest.strip(), place.alone) == (rest, alone)


def test_a_certain_place_is_said_with_what_it_was() -> None:
    said = say(found("xa van giao an giang cu"), GAZETTEER)
    assert said.text == "Xã Văn Giáo (thị xã Tịnh Biên, tỉnh An Giang cũ) nay thuộc xã An Cư, tỉnh An Giang."
    assert said.commune
    assert not said.buttons


def test_a_split_unit_is_asked_with_its_parts_and_each_choice_settles_it() -> None:
    said = say(found("xã Thanh Tuyền, huyện Dầu Tiếng"), GAZETTEER)
    assert said.commune is None
    assert len(said.buttons) == 2
    assert [len(found(button.payload).today) for button in said.buttons] == [1, 1]


def test_a_name_borne_by_many_asks_for_the_district_and_no_question_has_more_than_three_choices() -> None:
    many = say(found("xã Tân Hòa cũ"), GAZETTEER)
    assert "huyện, tỉnh nào" in many.text
    for text in ("xã Tân Hòa", "xã Phú Hữu", "phường 5", "huyện Châu Thành", "Hà Nội", "xã Long Phú, Hậu Giang"):
        said = say(found(text), GAZETTEER)
        assert len(said.buttons) <= MAX_CHOICES
        assert said.commune is not None or said.text.endswith("?") or said.text.endswith(")")


def test_a_source_the_tables_were_not_made_from_agrees() -> None:
    figures = run(every=50)
    for way in ("as written", "without diacritics"):
        shares = figures[way]
        assert shares["right"] + shares.get("asked needlessly", 0) >= 0.99
        assert shares.get("asked needlessly", 0) <= 0.05
