"""Where somebody lives changes the office and some fees; what is not certain is asked, once."""

from __future__ import annotations

import pytest

from knowledge.answer import Answer, answer
from knowledge.province import load_profile
from knowledge.question import Context, Question
from knowledge.seeding import load_seed
from knowledge.vocabulary import Aspect
from knowledge.whereabouts import Whereabouts

ENTRIES = {entry.id: entry for entry in load_seed()}
PROFILE = load_profile("tinh-mau")
HERE = Whereabouts(PROFILE)
BIRTH, SINGLE, PASSPORT = "1.001193", "1.004873", "1.001456"
ASK = "Anh/chị ở xã, phường nào"


def asked(entry: str, aspect: Aspect, text: str, context: Context = Context()) -> Answer:  # noqa: B008
    place = HERE.mentioned(text, context)
    said, alone = (place.said, place.alone) if place else ("", False)
    question = Question(text, ((entry, 1.0),), "answer", 0.99, (aspect,), place=said, place_alone=alone)
    return answer(question, context, ENTRIES, PROFILE, HERE)


def test_a_place_in_the_question_gives_the_commune_of_today() -> None:
    said = asked(BIRTH, "place", "tôi ở xã Văn Giáo cũ, An Giang, khai sinh ở đâu")
    assert said.status == "answered"
    assert "nay thuộc xã An Cư, tỉnh An Giang" in said.messages[0].text
    assert said.details == {"lives_in": "xã Văn Giáo cũ, An Giang"}


def test_a_commune_of_the_province_gives_the_office_with_its_address() -> None:
    said = asked(BIRTH, "place", "em ở xã mẫu bốn khai sinh ở đâu")
    assert "Số 4 đường Mẫu Bốn" in said.messages[0].text


def test_without_a_place_it_is_asked_once() -> None:
    first = asked(BIRTH, "place", "khai sinh nộp ở đâu")
    assert ASK in first.messages[0].text
    assert first.details == {"place_asked": True}
    again = asked(BIRTH, "place", "khai sinh nộp ở đâu", Context(place_asked=True))
    assert ASK not in again.messages[0].text


def test_a_place_said_before_is_remembered() -> None:
    said = asked(BIRTH, "place", "nộp ở đâu", Context(place="xã Mẫu Bốn"))
    assert "Mẫu Bốn" in said.messages[0].text


@pytest.mark.parametrize("aspect", ["documents", "time", "fee"])
def test_other_aspects_say_nothing_of_the_place(aspect: Aspect) -> None:
    said = asked(BIRTH, aspect, "tôi ở xã Mẫu Bốn, làm khai sinh")
    plain = asked(BIRTH, aspect, "khai sinh")
    assert said.messages == plain.messages


def test_a_split_unit_is_asked_and_the_answer_goes_on_with_the_procedure() -> None:
    said = asked(BIRTH, "place", "tôi ở xã Thanh Tuyền, huyện Dầu Tiếng, khai sinh ở đâu")
    assert said.status == "clarification"
    assert said.messages[0].entry_ids == (BIRTH,)
    choice = said.messages[0].buttons[0].payload
    context = Context(offered=(BIRTH,), place=said.place, place_asked=True)
    settled = asked(BIRTH, "place", choice, context)
    assert settled.status == "answered"
    assert settled.messages[0].entry_ids == (BIRTH,)
    assert "Phường Tây Nam, thành phố Hồ Chí Minh" in settled.messages[0].text


@pytest.mark.parametrize("first", ["xã Tân Hòa cũ", "xa tan hoa cu"])
def test_a_district_said_after_a_name_of_many_completes_it(first: str) -> None:
    many = asked(BIRTH, "place", first)
    assert many.status == "clarification"
    settled = asked(BIRTH, "place", "huyện Phú Tân", Context(place=many.place, place_asked=True))
    assert settled.status == "answered"
    assert "nay thuộc xã Phú Tân, tỉnh An Giang" in settled.messages[0].text


def test_a_place_alone_without_a_subject_is_answered_by_itself() -> None:
    said = asked(PASSPORT, "overview", "phường 4 quận 8 giờ là phường nào")
    assert said.messages[0].entry_ids == ()
    assert "nay thuộc phường Chánh Hưng, thành phố Hồ Chí Minh" in said.messages[0].text


def test_a_fee_that_differs_within_the_province() -> None:
    anywhere = asked(SINGLE, "fee", "giấy độc thân bao nhiêu tiền")
    assert "Riêng các xã Mẫu Bảy, Mẫu Tám: 10.000 đồng" in anywhere.messages[0].text
    assert ASK in anywhere.messages[0].text
    there = asked(SINGLE, "fee", "tôi ở xã Mẫu Bảy, giấy độc thân bao nhiêu tiền")
    assert "10.000 đồng" in there.messages[0].text
    elsewhere = asked(SINGLE, "fee", "tôi ở xã Mẫu Bốn, giấy độc thân bao nhiêu tiền")
    assert "10.000 đồng" not in elsewhere.messages[0].text


def test_the_own_province_comes_first_where_a_name_is_borne_by_several() -> None:
    cantho = load_profile("tinh-mau").model_copy(update={"name": "Thành phố Cần Thơ"})
    assert HERE.commune("xã Thạnh Phú") is None
    own = Whereabouts(cantho).commune("xã Thạnh Xuân")
    assert own is not None
    assert own.province == "Thành phố Cần Thơ"


def test_a_profile_that_changes_is_followed() -> None:
    profile = load_profile("tinh-mau")
    here = Whereabouts(profile)
    office = profile.communes[0].model_copy(update={"name": "Trung tâm phường Mẫu Chín", "address": "Số 9"})
    profile.adopt(profile.model_copy(update={"communes": (office,)}))
    commune = here.commune("phường Mẫu Chín")
    assert commune is not None
    assert "Số 9" in here.office(commune)
