from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.catalogue import load_catalogue
from knowledge.entry import ENTRY
from knowledge.seeding import load_seed, sync
from knowledge.statistics import statistics
from settings import get_settings
from store.engine import Database
from tests.knowledge.portal_samples import CHANNELS, many, record, write


@pytest.fixture
def store(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The store that the commands find through the settings."""
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    get_settings.cache_clear()
    yield database
    get_settings.cache_clear()


def test_import_report_and_statistics(store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.jsonl", many(12))
    assert main(["import", str(path)]) == 0
    imported = capsys.readouterr().out
    assert "a.jsonl: 12 bản ghi" in imported
    assert "dính ngày với tiền" in imported
    assert main(["report"]) == 0
    assert capsys.readouterr().out == imported
    assert main(["stats", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["origin"] == {"import": 12}
    assert figures["level"] == {"commune": 12}
    assert figures["review"] == {"none": 12}
    assert figures["empty"]["examples"] == 12


def test_a_refused_file_says_why_and_writes_nothing(
    store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(write(tmp_path / "a.jsonl", [record("1.990001"), {"x": "y"}]))]) == 1
    assert "chưa có gì thay đổi. Dòng 2" in capsys.readouterr().err
    assert main(["report"]) == 1


def test_differences_are_listed_and_settled(
    store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = next(e for e in load_seed() if e.id == "2.001478")
    with store.write() as session:
        sync(session, [ours])
    fee = f"{CHANNELS}Trực tiếp5 Ngày làm việc90,000 VNĐ"
    assert main(["import", str(write(tmp_path / "a.jsonl", [record("2.001478", cach_thuc_thuc_hien=fee)]))]) == 0
    capsys.readouterr()
    assert main(["diff", "2.001478", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"entry": "2.001478", "field": "fee", "ours": "300000 đồng", "theirs": "90000 đồng"} in rows
    assert main(["diff", "2.001478", "--keep", "fee"]) == 0
    assert main(["diff", "2.001478", "--keep", "steps"]) == 1
    capsys.readouterr()
    assert main(["diff"]) == 0
    assert f"{len(rows) - 1} điểm khác" in capsys.readouterr().out


def test_lint_of_the_store(store: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faq = {"kind": "faq", "id": "faq-1", "topic": "x", "title": "Hỏi diều", "answer": "Ra UBND huyện."}
    wrong = ENTRY.validate_python(faq | {"confidence": "low"})
    with store.write() as session:
        sync(session, [*load_seed(), wrong])
    assert main(["lint"]) == 1
    said = capsys.readouterr().out
    assert "stale-district" in said
    assert "no-source" in said


def test_lint_of_the_shipped_files_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--seed"]) == 0
    assert " 0 errors" in capsys.readouterr().out


def test_bare_facts_of_an_export_make_a_catalogue(tmp_path: Path) -> None:
    out = tmp_path / "catalogue.jsonl"
    assert main(["import", str(write(tmp_path / "a.jsonl", many(6))), "--bare-facts", str(out)]) == 0
    assert [entry.id for entry in load_catalogue(out)] == [f"1.99{number:04}" for number in range(6)]
    assert "Gửi đơn" not in out.read_text(encoding="utf-8")


def test_statistics_of_the_shipped_entries_add_up() -> None:
    entries = load_seed()
    figures = statistics(entries, date(2026, 11, 21))
    assert sum(figures.origin.values()) == sum(figures.age.values()) == len(entries)
    assert figures.age["3 đến 6 tháng"] > 100
    assert sum(figures.level.values()) == sum(figures.field.values()) == figures.origin["seed"]
