from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from knowledge.sources import files
from knowledge.sources.files import BadFile, read_rows
from tests.knowledge.portal_samples import many, record, write

RECORDS = many(7)


def _csv(path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(RECORDS[0]))
        writer.writeheader()
        writer.writerows(RECORDS)
    return path


def _xlsx(path: Path, records: list[dict[str, str]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(records[0]))
    for row in records:
        sheet.append(list(row.values()))
    book.save(path)
    return path


def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl", RECORDS)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.read_bytes()))
    (tmp_path / "b.json").write_text(json.dumps(RECORDS))
    (tmp_path / "c.json").write_text(json.dumps({"service": "LayDanhSachTTHC", "data": RECORDS}))
    paths = [lines, tmp_path / "a.jsonl.gz", tmp_path / "b.json", tmp_path / "c.json"]
    paths += [_csv(tmp_path / "d.csv"), _xlsx(tmp_path / "e.xlsx", RECORDS)]
    for path in paths:
        assert [row.values for row in read_rows(path)] == RECORDS, path


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b'{"ma_thu_tuc": "1.000001"}\n{"ma', "Dòng 2: JSON viết sai"),
        ("a.jsonl", b'{}\n["x"]\n', "Dòng 2: cần một đối tượng JSON"),
        ("a.jsonl", "{}\nÉ".encode("cp1252"), "Dòng 2: chữ không phải mã UTF-8"),
        ("a.json", b'{"error_code": 0}', "cần là một danh sách"),
        ("a.csv", b"", "Dòng 1: không thấy tên cột"),
        ("a.csv", b"ma_thu_tuc,linh_vuc\n1.000001,a,b\n", "Dòng 2: nhiều ô hơn số cột"),
        ("a.xlsx", b"PK nothing", "Tệp XLSX bị hỏng"),
        ("a.jsonl.gz", b"\x1f\x8b nothing", "Tệp nén bị hỏng"),
        ("a.docx", b"", "Không đọc được loại tệp"),
    ],
)
def test_a_bad_file_says_where(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFile, match=said):
        list(read_rows(tmp_path / name))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Không tìm thấy tệp"):
        list(read_rows(tmp_path / "none.csv"))


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    (tmp_path / "bomb.xlsx").write_bytes(packed.getvalue())
    with pytest.raises(BadFile, match="phình ra quá lớn"):
        list(read_rows(tmp_path / "bomb.xlsx"))


def test_a_gzip_that_unpacks_to_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1 << 20)
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b" " * (3 << 20)))
    with pytest.raises(BadFile, match="Tệp quá lớn"):
        list(read_rows(tmp_path / "bomb.jsonl.gz"))


def test_numbers_of_a_sheet_become_text(tmp_path: Path) -> None:
    rows = list(read_rows(_xlsx(tmp_path / "a.xlsx", [record() | {"so_quyet_dinh": 12.0}])))  # type: ignore[dict-item]
    assert rows[0].values["so_quyet_dinh"] == "12"
