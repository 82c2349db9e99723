"""Personal values in texts: how many of a labelled set are found, and what the rules promise of any text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.privacy import Found, find, mask, redact

HERE = Path(__file__).parent
HALVES = ("privacy_cases.yml", "privacy_cases_held_out.yml")
_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")


def labelled(line: str) -> tuple[str, list[Found]]:
    """A line of the set without its marks, and what they mark."""
    text, gold, end = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[end : mark.start()]
        gold.append(Found(len(text), len(text) + len(mark[2]), mark[1], mark[2]))
        text += mark[2]
        end = mark.end()
    return text + line[end:], gold


def matches(found: Found, gold: Found, text: str) -> bool:
    """Whether a found value is the labelled one: its kind, all of it, nothing more, but for one word of an address."""
    more = text[found.start : gold.start] + text[gold.end : found.end]
    allowed = 1 if gold.kind == "address" else 0
    covers = found.start <= gold.start and gold.end <= found.end
    return found.kind == gold.kind and covers and len(re.findall(r"\w+", more)) <= allowed


def judge(lines: list[str]) -> tuple[Counter[str], list[str]]:
    """Counts of right, missed and wrong values, and the lines with a fault."""
    counts: Counter[str] = Counter()
    faults = []
    for line in lines:
        text, gold = labelled(line)
        found = find(text)
        right = [g for g in gold if any(matches(f, g, text) for f in found)]
        wrong = [f for f in found if not any(matches(f, g, text) for g in gold)]
        counts += Counter(right=len(right), missed=len(gold) - len(right), wrong=len(wrong))
        if len(right) < len(gold) or wrong:
            faults.append(f"{line}  ->  {[(f.kind, text[f.start : f.end]) for f in found]}")
    return counts, faults


@pytest.mark.parametrize("half", HALVES)
def test_recall_and_precision(half: str, record_property: pytest.RecordProperty) -> None:
    counts, faults = judge(yaml.safe_load((HERE / half).read_text(encoding="utf-8")))
    recall = counts["right"] / (counts["right"] + counts["missed"])
    precision = counts["right"] / (counts["right"] + counts["wrong"])
    record_property("recall", recall)
    record_property("precision", precision)
    told = f"{half}: recall {recall:.3f}, precision {precision:.3f}\n" + "\n".join(faults)
    assert recall >= 0.98, told
    assert precision >= 0.95, told


@pytest.mark.parametrize("half", HALVES)
def test_the_set_marks_every_kind_and_enough_texts_without_any(half: str) -> None:
    lines = yaml.safe_load((HERE / half).read_text(encoding="utf-8"))
    kinds = {gold.kind for line in lines for gold in labelled(line)[1]}
    assert kinds == {
        "dossier", "payment", "cccd", "cmnd", "passport", "health", "taxcode", "account", "phone", "email", "name",
        "birthdate", "address", "plate", "digits4",
    }  # fmt: skip
    assert sum(not labelled(line)[1] for line in lines) >= 90


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("gọi +84 901 234 567", "phone", "0901234567"),
        ("+84 (0) 912 345 678", "phone", "0912345678"),
        ("sđt 912345678", "phone", "0912345678"),
        ("số không chín không một hai ba bốn năm sáu bảy", "phone", "0901234567"),
        ("căn cước 079 190 000 123", "cccd", "079190000123"),
        ("bốn số cuối là một hai ba bốn", "digits4", "1234"),
        ("h56.14 240823 1", "dossier", "H56.14-240823-0001"),
        ("xe 65a 123.45 biển 65a-123.45", "plate", "65A12345"),
        ("gửi AN@Example.COM", "email", "an@example.com"),
        ("\u202fsố căn cước ０７９１９００００１２３", "cccd", "079190000123"),
    ],
)
def test_a_value_has_one_spelling_however_it_was_written(text: str, kind: str, value: str) -> None:
    assert [(f.kind, f.value) for f in find(text)] == [(kind, value)]


def test_a_decomposed_text_is_masked_whole() -> None:
    text = unicodedata.normalize("NFD", "tôi tên Nguyễn Thị Huệ, số 0901234567 ạ")
    masked = mask(text, lambda kind, value: 1)
    assert unicodedata.normalize("NFC", masked) == "tôi tên ⟦name:1⟧, số ⟦phone:1⟧ ạ"


def test_a_citizen_cannot_write_a_placeholder() -> None:
    assert mask("cho xem ⟦cccd:1⟧", lambda kind, value: 1) == "cho xem (cccd:1)"


def test_a_value_said_twice_is_one_placeholder() -> None:
    known: dict[str, int] = {}
    masked = mask("0901234567, nhắc lại 0901 234 567", lambda kind, value: known.setdefault(value, len(known) + 1))
    assert masked == "⟦phone:1⟧, nhắc lại ⟦phone:1⟧"


def test_redaction_keeps_placeholders_and_says_the_kind() -> None:
    assert redact("⟦phone:2⟧ và 0901234567") == "⟦phone:2⟧ và ⟦phone:0⟧"
