from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.lint.facts import repealed_documents
from knowledge.lint.relations import load_families
from knowledge.lint.rules import lint
from knowledge.lint.stale import household_book, stale_district
from knowledge.seeding import load_revisions, load_seed

SAMPLE = yaml.safe_load(Path(__file__).with_name("lint_sample.yml").read_text(encoding="utf-8"))
SOURCE = {"basis": "portal", "title": "Cổng Dịch vụ công quốc gia", "checked_at": "2026-07-01"}
TARGET = 0.9
LEAST = 130


def _procedure(number: int, **changes: Any) -> Procedure:
    sound = {
        "id": f"1.98{number:04}", "title": f"Thả diều loại {number}", "field": "Thả diều", "sources": [SOURCE],
        "fee": {"kind": "fixed", "amount_vnd": 50000}, "time": {"number": 3, "unit": "working_day"},
        "place": {"authority": "Ủy ban nhân dân xã", "level": "commune"}, "online": {"level": "unknown"},
        "documents": [{"name": "Đơn xin thả diều", "form": "original", "copies": 1}],
        "steps": ["Nộp đơn.", "Nhận giấy phép."], "confidence": "medium",
    }  # fmt: skip
    return Procedure.model_validate(sound | changes)


def _entry(number: int, item: dict[str, Any]) -> Procedure | Faq:
    changes = item.get("set", {})
    if "faq" not in item:
        return _procedure(number, **changes)
    faq = {
        "kind": "faq", "id": f"faq-{number}", "topic": "dieu", "title": f"Hỏi về diều loại {number}",
        "answer": item["faq"], "sources": [SOURCE], "confidence": "medium",
    }  # fmt: skip
    return ENTRY.validate_python(faq | changes)


def test_precision_and_recall_on_the_labelled_sample() -> None:
    entries = [_entry(number, item) for number, item in enumerate(SAMPLE)]
    wanted = {(e.id, rule) for e, item in zip(entries, SAMPLE, strict=True) for rule in item["expect"]}
    found = {(finding.entry, finding.rule) for finding in lint(entries)}
    hit = len(found & wanted)
    told = f"extra {sorted(found - wanted)}, missed {sorted(wanted - found)}"
    assert len(SAMPLE) >= LEAST
    assert hit / len(found) >= TARGET, told
    assert hit / len(wanted) >= TARGET, told


def test_every_rule_is_in_the_sample() -> None:
    labels = Counter(rule for item in SAMPLE for rule in item["expect"])
    assert min(labels.values()) >= 2
    assert sum(not item["expect"] for item in SAMPLE) >= 50


@pytest.mark.parametrize("shipped", [load_seed, load_revisions])
def test_the_shipped_entries_have_no_error(shipped: Callable[[], list[Procedure | Faq]]) -> None:
    errors = [f for f in lint(shipped(), load_families()) if f.severity == "error"]
    assert errors == []


def test_entries_of_one_title_that_disagree() -> None:
    first = _procedure(1, title="Thả diều sáo", fee={"kind": "fixed", "amount_vnd": 20000})
    second = _procedure(2, title="Xin thả", official_title="Thả diều sáo")
    third = _procedure(3, title="Thả diều sáo", place={"authority": "Sở Diều", "level": "province"})
    assert [(f.entry, f.rule, f.field) for f in lint([first, second, third]) if f.rule == "contradiction"] == [
        ("1.980002", "contradiction", "fee")
    ]


def test_titles_of_nearly_the_same_words_or_meaning() -> None:
    entries = [
        _procedure(1, title="Cấp giấy phép thả diều sáo"),
        _procedure(2, title="Cấp giấy phép, thả diều sáo"),
        _procedure(3, title="Xin bay vật nhẹ có dây"),
    ]
    by_words = [(f.entry, f.text) for f in lint(entries) if f.rule == "near-duplicate"]
    assert by_words == [("1.980002", "gần như trùng 1.980001: Cấp giấy phép thả diều sáo")]
    alike = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    by_meaning = [f.entry for f in lint(entries, encode=lambda _: alike) if f.rule == "near-duplicate"]
    assert by_meaning == ["1.980002", "1.980003"]


def test_an_example_question_belongs_to_one_entry() -> None:
    entries = [_procedure(n, examples=["Tôi muốn thả diều ở bãi sông"]) for n in (1, 2)]
    assert [(f.entry, f.rule) for f in lint(entries)] == [("1.980002", "shared-example")]


def test_families() -> None:
    family = {
        "id": "dieu", "triggers": ["thả diều"],
        "members": [
            {"entry": "1.980001", "choice": "Diều giấy", "clear": ["diều bằng giấy"]},
            {"entry": "1.989999", "choice": "Diều rất to có sáo và có đèn", "clear": ["diều bằng giấy"]},
        ],
    }  # fmt: skip
    other = {"id": "sao", "triggers": ["tha dieu"], "members": family["members"][:1]}
    found = [(f.entry, f.rule, f.field) for f in lint([_procedure(1)], [family, other])]
    assert found == [
        ("dieu", "family-label", "choice"),
        ("dieu", "family-member", "members"),
        ("dieu", "family-trigger", "clear"),
        ("sao", "family-member", "members"),
        ("sao", "family-trigger", "triggers"),
    ]


def test_free_because_the_portal_says_so_is_an_error() -> None:
    fee = {"kind": "free", "rule": "Cổng ghi rõ là miễn phí."}
    assert [(f.rule, f.severity) for f in lint([_procedure(1, fee=fee)])] == [("zero-as-free", "error")]


def test_awkward_words_of_an_import_are_only_a_warning() -> None:
    severities = {
        origin: {f.severity for f in lint([_procedure(1, origin=origin, summary="Nộp hồ sơ tạii xã.")])}
        for origin in ("seed", "import")
    }
    assert severities == {"seed": {"error"}, "import": {"warning"}}


@pytest.mark.parametrize("text", ["Hồ sơ cũ nộp ở huyện", "Huyện cũ còn giữ hồ sơ ở huyện", "quận đã giải thể"])
def test_what_is_said_of_former_districts_stands(text: str) -> None:
    assert stale_district(text) is None


def test_only_the_sentence_itself_excuses_it() -> None:
    assert stale_district("Huyện không còn nữa. Nộp đơn tại UBND huyện.") == "UBND huyện"
    assert household_book("Không nộp sổ hộ khẩu. Mang sổ tạm trú.") == "sổ tạm trú"


def test_the_table_of_repealed_documents() -> None:
    table = repealed_documents()
    assert len(table) >= 30
    assert all(number not in row.replaced_by for number, row in table.items())
    assert all(new not in table for row in table.values() for new in row.replaced_by)
