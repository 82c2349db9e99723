"""What holds for every dossier code and every text."""

import re
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dossier_code import ParsedCode, find_dossier_codes, parse_dossier_code, parse_keypad_code

TODAY = date(2026, 11, 21)
DAYS = st.dates(TODAY - timedelta(days=3650), TODAY).map(lambda day: f"{day:%y%m%d}")
TWO = st.integers(0, 99).map("{:02d}".format)
NUMBER = st.integers(1, 9999).map("{:04d}".format)
PROVINCE = st.integers(1, 99).map("H{:02d}".format)
NEW = st.builds(
    lambda province, parts, day, number: f"{'.'.join([province, *parts])}-{day}-{number}",
    PROVINCE, st.lists(TWO, min_size=1, max_size=3), DAYS, NUMBER,
)  # fmt: skip
OLD = st.builds("000.{}.{}.{}-{}-{}".format, TWO, TWO, PROVINCE, DAYS, NUMBER)
JOINT = st.builds(
    "G22.99.{}-{}-{}".format, st.sampled_from(["08", "09", "10"]), DAYS, st.integers(0, 999999).map("{:06d}".format)
)
CODES = NEW | OLD | JOINT
WORDS = st.sampled_from(
    ["hát", "năm", "mươi", "mười", "trăm", "linh", "chấm", "gạch", "không", "hai", "số", "H56", "G22", ".", "-", "0001"]
)


WORDS_OF_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SAID = {**dict(zip("0123456789", WORDS_OF_DIGITS, strict=True)), "H": "hát", "G": "gờ", ".": "chấm", "-": "gạch"}


def spoken_code(code: str) -> str:
    return " ".join(SAID[character] for character in code)


def code_of(text: str) -> str:
    parsed = parse_dossier_code(text, TODAY)
    assert isinstance(parsed, ParsedCode), parsed
    return parsed.code


@given(CODES)
def test_a_code_is_its_own_reading(code: str) -> None:
    assert code_of(code) == code


@given(CODES)
def test_what_is_read_aloud_is_understood(code: str) -> None:
    assert code_of(spoken_code(code)) == code
    assert code_of(re.sub(" (chấm|gạch) ", r", \1, ", spoken_code(code))) == code


@given(CODES)
def test_a_code_said_in_pairs_is_understood(code: str) -> None:
    """As the telephone reads it back: pauses between pairs of digits, no dots or dashes."""
    parts = [part for part in re.split("[.-]", code) if part]
    pairs = [re.sub(r"(?<=\d)(?=(?:\d\d)+$)", ",", part) if len(part) > 3 else part for part in parts]
    assert code_of(" ".join(SAID.get(c, c) for c in ",".join(pairs))) == code


@given(CODES, st.data())
def test_spaces_case_and_the_letter_o_do_not_matter(code: str, data: st.DataObject) -> None:
    typed = code.replace("0", data.draw(st.sampled_from(["0", "O", "o"])))
    typed = typed.replace("-", data.draw(st.sampled_from(["-", " - ", "–", " "])))
    typed = typed.replace(".", data.draw(st.sampled_from([".", " . ", ". "])))
    assert code_of(data.draw(st.sampled_from([typed.lower(), typed.upper()]))) == code


@given(NEW | OLD)
def test_leading_zeros_of_the_number_may_be_left_out(code: str) -> None:
    head, number = code.rsplit("-", 1)
    assert code_of(f"{head}-{int(number)}") == code


@given(st.builds("{}.{}-{}-{}".format, PROVINCE, TWO, DAYS, NUMBER))
def test_a_keyed_code_has_the_digits_of_the_code(code: str) -> None:
    pressed = "".join(c for c in code if c.isdigit())
    parsed = parse_keypad_code(pressed, "H56", TODAY)
    assert isinstance(parsed, ParsedCode)
    assert "".join(c for c in parsed.code if c.isdigit()).endswith(pressed)


@settings(max_examples=300)
@given(st.text() | st.lists(WORDS).map(" ".join) | st.lists(WORDS).map("".join))
def test_any_text_is_accepted_and_spans_lie_inside_it(text: str) -> None:
    parse_dossier_code(text, TODAY)
    spans = find_dossier_codes(text, TODAY)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))


@given(CODES, st.sampled_from(["hồ sơ {} của tôi", "Mã: {}.", "cho hỏi {}, còn lâu không ạ?", "{}"]))
def test_a_code_can_be_cut_out_of_a_sentence(code: str, sentence: str) -> None:
    text = sentence.format(code)
    (span,) = find_dossier_codes(text, TODAY)
    assert text[: span.start] + "{}" + text[span.end :] == sentence
