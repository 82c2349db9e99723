"""The conventions of telephone menus hold for every prompt that staff may edit."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from voice.book import VARIANTS, load_book
from voice.call import next_step
from voice.call_state import Began, CallState, Keys, Silence, World
from voice.speakable import seconds, speak

BOOK = load_book()
VALUES = dict.fromkeys(("code", "opening", "window", "gio", "pause", "number", "pin"), "") | {
    "ten_tinh": "Tỉnh Mẫu",
    "prefix": "hát không không",
    "title": "Đăng ký khai sinh",
}
WORLD = World(open=True, opening="", window="", values={"ten_tinh": "Tỉnh Mẫu", "gio": ""})
ASKING = [name for name, state in BOOK.menu.states.items() if state.kind in ("choice", "entry", "list")]


@pytest.mark.parametrize("state", ASKING)
@pytest.mark.parametrize("variant", VARIANTS)
def test_instructions_are_short(state: str, variant: str) -> None:
    assert seconds(speak(BOOK.line(state, variant, VALUES).text)) <= 12


@pytest.mark.parametrize("state", ASKING)
def test_first_prompts_take_eight_seconds_at_most(state: str) -> None:
    assert seconds(speak(BOOK.line(state, "ask", VALUES).text)) <= 8.5


@pytest.mark.parametrize("state", ASKING)
def test_reprompts_differ_from_the_first_and_from_each_other(state: str) -> None:
    said = [BOOK.line(state, variant, VALUES).text for variant in VARIANTS]
    assert all(one != other for one, other in combinations(said, 2))


@pytest.mark.parametrize("state", ASKING)
def test_three_choices_at_a_time_and_the_person(state: str) -> None:
    offered = re.findall(r"bấm (\d)", BOOK.line(state, "ask", VALUES).text.lower())
    assert len([key for key in offered if key != "0"]) <= 4


@pytest.mark.parametrize(
    "told",
    [{}, {"banner": "Bão số chín."}, {"pause": "Trợ lý tạm dừng."}, {"overloaded": True, "banner": "Bão số chín."}],
)
def test_the_machine_and_the_opt_out_are_announced_within_ten_seconds(told: dict[str, Any]) -> None:
    step = next_step(CallState(), Began(), BOOK, replace(WORLD, **told))
    assert "tự động" in step.say[0].text
    assert "không ghi âm" in step.say[0].text
    assert "bấm 8" in step.say[0].text
    assert seconds(speak(step.say[0].text)) <= 10
    assert next_step(step.state, Keys("8"), BOOK, replace(WORLD, **told)).state.keys_only


def test_a_person_and_the_dossier_are_one_key_away() -> None:
    step = next_step(CallState(), Began(), BOOK, WORLD)
    assert next_step(step.state, Keys("1"), BOOK, WORLD).state.name == "dossier"
    assert next_step(step.state, Keys("0"), BOOK, WORLD).effect is not None


def test_time_outs_grow_with_silence_and_double_for_the_slow() -> None:
    step = next_step(CallState(), Began(), BOOK, WORLD)
    silent = next_step(step.state, Silence(), BOOK, WORLD)
    slow = next_step(next_step(step.state, Keys("9"), BOOK, WORLD).state, Silence(), BOOK, WORLD)
    found = [s.listen.timeout for s in (step, silent, slow) if s.listen]
    assert found == [6, 8, 12]


def test_no_password_is_ever_asked_for() -> None:
    asked = " ".join(BOOK.line(state, variant, VALUES).text for state in ASKING for variant in VARIANTS)
    assert not re.search(r"OTP|mật khẩu|chuyển tiền", asked, re.IGNORECASE)


@pytest.mark.parametrize("state", list(BOOK.menu.states))
def test_every_key_of_every_state_leads_somewhere(state: str) -> None:
    world = World(open=True, opening="", window="", values=WORLD.values)
    at = CallState(
        name=state, chunks=("a", "b"), topics=("x",), entry="1.001193", code="H00.14-261105-0012", category="khac"
    )
    if BOOK.menu.states[state].kind == "end":
        return
    for key in "0123456789*#":
        step = next_step(at, Keys(key), BOOK, world)
        assert step.effect or step.say
        assert step.state.name in BOOK.menu.states
