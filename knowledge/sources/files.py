"""Reads the rows of an export: JSON Lines, JSON, CSV or XLSX, each also gzipped, without trusting their size."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

MAX_BYTES = 400 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
_MAX_RATIO = 300
_MAX_PARTS = 2_000
_CHUNK = 1 << 20


class BadFile(ValueError):
    """The file cannot be imported; the message says in Vietnamese what is wrong and in which row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its place in the file (1 for the first record, or the row of the sheet) and its columns as text."""

    number: int
    values: dict[str, str]


def read_rows(path: Path) -> Iterator[Row]:
    """The records of `path`; the kind of file is known by its name. Raises BadFile."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    gzipped = bool(suffixes) and suffixes[-1] == ".gz"
    kind = suffixes[-2 if gzipped else -1] if len(suffixes) > gzipped else ""
    if not path.is_file():
        raise BadFile(f"Không tìm thấy tệp {path}.")
    reader = _READERS.get(kind)
    if reader is None:
        raise BadFile(f"Không đọc được loại tệp “{path.name}”: cần .jsonl, .json, .csv hoặc .xlsx (có thể nén .gz).")
    yield from reader(_content(path, gzipped))


def _content(path: Path, gzipped: bool) -> bytes:
    """The bytes of the file, unpacked, at most MAX_BYTES of them."""
    parts, size = [], 0
    try:
        with gzip.open(path) if gzipped else path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise BadFile(f"Tệp quá lớn: sau khi giải nén vượt {MAX_BYTES // 1024 // 1024} MB.")
                parts.append(chunk)
    except (OSError, EOFError) as error:
        raise BadFile(f"Tệp nén bị hỏng hoặc thiếu: {error}.") from error
    return b"".join(parts)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(f"Dòng {line}: chữ không phải mã UTF-8. Hãy lưu tệp lại bằng mã UTF-8.") from error


def _json_lines(content: bytes) -> Iterator[Row]:
    for number, line in enumerate(_text(content).splitlines(), start=1):
        if line.strip():
            yield _json_row(number, _parsed(line, number))


def _json(content: bytes) -> Iterator[Row]:
    data = _parsed(_text(content), 1)
    if isinstance(data, dict):
        data = data.get("data")
    if not isinstance(data, list):
        raise BadFile("Tệp JSON cần là một danh sách, hoặc một đối tượng có “data” là danh sách.")
    for number, record in enumerate(data, start=1):
        yield _json_row(number, record)


def _parsed(text: str, number: int) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        where = number + error.lineno - 1 if isinstance(error, json.JSONDecodeError) else number
        raise BadFile(f"Dòng {where}: JSON viết sai ({error}).") from error


def _json_row(number: int, record: Any) -> Row:
    if not isinstance(record, dict):
        raise BadFile(f"Dòng {number}: cần một đối tượng JSON, gặp {type(record).__name__}.")
    return Row(number, {str(key): _cell(value) for key, value in record.items()})


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv(content: bytes) -> Iterator[Row]:
    text = _text(content)
    csv.field_size_limit(_CHUNK)
    try:
        dialect: Any = csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    try:
        yield from _table(lines)
    except csv.Error as error:
        raise BadFile(f"Dòng {lines.line_num}: bảng CSV viết sai ({error}).") from error


def _xlsx(content: bytes) -> Iterator[Row]:
    import openpyxl

    _refuse_bomb(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        yield from _table([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
    except BadFile:
        raise
    except Exception as error:
        raise BadFile(f"Tệp XLSX bị hỏng, không mở được: {error}.") from error


def _refuse_bomb(content: bytes) -> None:
    """Before anything is unpacked: what the archive says of its own size."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise BadFile("Tệp XLSX bị hỏng, không mở được.") from error
    size = sum(part.file_size for part in parts)
    if size > MAX_BYTES or len(parts) > _MAX_PARTS or size > _MAX_RATIO * max(len(content), 1):
        raise BadFile("Tệp XLSX phình ra quá lớn khi giải nén, không đọc vì an toàn.")


def _table(lines: Iterator[list[str]]) -> Iterator[Row]:
    """A table whose first line names the columns."""
    names = [name.strip() for name in next(lines, [])]
    if not any(names):
        raise BadFile("Dòng 1: không thấy tên cột.")
    if len(names) > MAX_COLUMNS:
        raise BadFile(f"Dòng 1: quá {MAX_COLUMNS} cột.")
    for number, line in enumerate(lines, start=2):
        if number > MAX_ROWS:
            raise BadFile(f"Tệp có quá {MAX_ROWS} dòng.")
        if any(cell.strip() for cell in line):
            if len([cell for cell in line if cell]) > len(names):
                raise BadFile(f"Dòng {number}: nhiều ô hơn số cột ở dòng 1.")
            yield Row(number, dict(zip(names, line, strict=False)))


_READERS: dict[str, Callable[[bytes], Iterator[Row]]] = {
    ".jsonl": _json_lines, ".ndjson": _json_lines, ".json": _json, ".csv": _csv, ".xlsx": _xlsx,
}  # fmt: skip
