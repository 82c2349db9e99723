"""The simulated ears: the same every time, about as bad as asked, and a hotline that copes with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.dossier_text import words
from benchmarks._caller import Citizen
from tests.voice.telephone import CODE, NUMBER, Hotline
from voice.call_entry import spoken_code
from voice.digits_heard import code_heard
from voice.simulator.mishearing import mishear
from voice.speakable import speak

SENTENCE = "tôi muốn hỏi thủ tục đăng ký khai sinh cho con mới sinh cần những giấy tờ gì"
SAID = "hát không không chấm một bốn gạch ngang hai sáu một một không năm gạch ngang không không một hai"


def test_the_same_seed_hears_the_same() -> None:
    assert mishear(SENTENCE, 0.3, 7) == mishear(SENTENCE, 0.3, 7)
    assert mishear(SENTENCE, 0.3, 7) != mishear(SENTENCE, 0.3, 8)


def test_nothing_is_misheard_at_zero() -> None:
    assert mishear(SENTENCE, 0.0, 1) == SENTENCE


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_about_as_many_syllables_are_wrong_as_asked(share: float) -> None:
    words = SENTENCE.split()
    wrong = sum(mishear(word, share, seed) != word for seed in range(60) for word in words)
    assert wrong / (60 * len(words)) == pytest.approx(share * 0.9, abs=0.05)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("khung một hái", "012"),
        ("bón lam xáu", "456"),
        ("bẩy tam chính", "789"),
        ("hát bà tư", "34"),
        ("mười trạm xe", ""),
    ],
)
def test_near_digits_are_digits(said: str, digits: str) -> None:
    assert code_heard(said)[: len(digits)] == digits


def test_half_of_the_codes_survive_a_tenth_of_mishearing() -> None:
    found = [spoken_code(mishear(SAID, 0.1, seed), "H00", expected=True) for seed in range(50)]
    assert sum(bool(code) and code.code == "H00.14-261105-0012" for code in found) >= 25


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("share", "fewest"), [(0.1, 5), (0.2, 5), (0.3, 4)])
async def test_most_misheard_callers_hear_how_their_dossier_stands(
    hotline: Callable[..., Hotline], share: float, fewest: int
) -> None:
    line = hotline()
    line.keep_dossier(status=4)
    stands = speak(words()["statuses"][4]["stands"])
    callers = [
        Citizen(line.call(caller=f"+8491000000{seed}"), CODE, NUMBER, stands, aloud=True, share=share, seed=seed)
        for seed in range(6)
    ]
    assert sum([await caller.ask() for caller in callers]) >= fewest
