"""Entries as an Excel workbook: written for curators, and read back as contents of drafts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from console.sheet_columns import COLUMNS, ID, KIND, CellError
from console.wording import ENTRY_KINDS
from knowledge.province import ZONE
from knowledge.seeding import content_of
from knowledge.sources import files, portal
from knowledge.sources.files import BadFile, Row
from knowledge.sources.portal_entry import imported
from store.base import now

MOST_ROWS = 2_000
MOST_UNPACKED = 60 << 20
LONGEST_CELL = 32_000
_KINDS = {name.casefold(): kind for kind, name in ENTRY_KINDS.items()} | {kind: kind for kind in ENTRY_KINDS}


def write(contents: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook with one row for each entry; texts stay texts, whatever they begin with."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Nội dung")
    sheet.freeze_panes = "D2"
    sheet.append([KIND, ID, *(column.head for column in COLUMNS)])
    for content in contents:
        kind = str(content["kind"])
        cells = [column.write(content) if kind in column.kinds else "" for column in COLUMNS]
        row = []
        for text in (ENTRY_KINDS[kind], str(content["id"]), *cells):
            cell = WriteOnlyCell(sheet, text[:LONGEST_CELL] or None)
            if text:
                cell.data_type = "s"
            row.append(cell)
        sheet.append(row)
    book.properties.created = book.properties.modified = now().replace(tzinfo=None)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(name: str, data: bytes) -> list[Row]:
    """The rows of a file that was sent. Raises BadFile for one that is too large, broken or of another kind."""
    _refuse_large(name, data)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sent{''.join(Path(name).suffixes[-2:])}"
        path.write_bytes(data)
        try:
            rows = _some(files.read_rows(path))
        except BadFile as error:
            raise BadFile(str(error).replace(path.name, name)) from error
    if not rows:
        raise BadFile("Tệp không có dòng nào dưới dòng tên cột.")
    return rows


def is_portal(row: Row) -> bool:
    """Whether a row is one of the national portal's export."""
    return set(portal.REQUIRED) <= row.values.keys() or "MaTTHC" in row.values


def portal_content(row: Row) -> dict[str, Any]:
    """The content that a row of the portal's export, taken from it today, becomes. Raises BadFile."""
    return content_of(imported(portal.read_record(row), now().astimezone(ZONE).date()).entry)


def key_of(row: Row) -> tuple[str, str]:
    """Kind and id that a row names; the id may be empty for a new entry. Raises CellError."""
    kind = _KINDS.get(row.values.get(KIND, "").strip().casefold())
    if kind is None:
        raise CellError(f"{KIND}: cần “{'” hoặc “'.join(ENTRY_KINDS.values())}”")
    return kind, row.values.get(ID, "").strip()


def content(row: Row, kind: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """`before` with what the cells of a row say; a column that the sheet lacks changes nothing. Raises CellError."""
    made = dict(before)
    for column in COLUMNS:
        if kind not in column.kinds or column.head not in row.values:
            continue
        cell = row.values[column.head]
        if column.form == "choice" and not cell.strip():
            continue
        try:
            column.put(made, column.read(cell))
        except CellError as error:
            raise CellError(f"{column.head}: {error}") from error
    if kind == "procedure" and not any((made.get("deadline") or {}).values()):
        made["deadline"] = None
    return made


def _some(rows: Iterable[Row]) -> list[Row]:
    kept = []
    for row in rows:
        kept.append(row)
        if len(kept) > MOST_ROWS:
            raise BadFile(f"Tệp có quá {MOST_ROWS} dòng. Hãy chia nhỏ, hoặc nhờ kỹ thuật chạy lệnh knowledge import.")
    return kept


def _refuse_large(name: str, data: bytes) -> None:
    """Before a workbook is unpacked: what its archive says of its own size."""
    if not name.lower().endswith(".xlsx"):
        return
    try:
        size = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except zipfile.BadZipFile as error:
        raise BadFile("Tệp XLSX bị hỏng, không mở được.") from error
    if size > MOST_UNPACKED:
        raise BadFile(f"Tệp phình ra quá {MOST_UNPACKED >> 20} MB khi giải nén, không đọc vì an toàn.")
