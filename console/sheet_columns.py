"""The columns of a spreadsheet of entries: each writes a value of an entry as a cell, and reads it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from console import wording

Form = Literal["text", "lines", "choice", "rows", "day", "number"]
BOTH = ("procedure", "faq")
PROCEDURE, FAQ = ("procedure",), ("faq",)
KIND, ID = "Loại", "Mã"
ROWS: dict[str, tuple[str, ...]] = {
    "documents": ("name", "form", "copies", "condition", "note", "template"),
    "sources": ("title", "basis", "decision", "url", "checked_at", "note"),
    "legal_basis": ("number", "title", "issued_on"),
}
ROW_CHOICES = {("documents", "form"): wording.PAPER_FORMS, ("sources", "basis"): wording.BASES}
_DAYS = ("checked_at", "issued_on")


class CellError(ValueError):
    """What is wrong with a cell; the text is Vietnamese."""


@dataclass(frozen=True, slots=True)
class Column:
    """head: its first row. path: of the value in an entry's content. kinds: of the entries that have it."""

    head: str
    path: str
    kinds: tuple[str, ...] = PROCEDURE
    form: Form = "text"
    choices: Mapping[str, str] | None = None
    needed: bool = False

    def write(self, content: Mapping[str, Any]) -> str:
        """The cell of an entry."""
        value = self._value(content)
        match self.form:
            case "lines":
                return "\n".join(value or ())
            case "rows":
                return "\n".join(_row_text(self.path, row) for row in value or ())
            case "choice":
                return (self.choices or {}).get(value, "")
            case "day":
                return _day_text(value)
            case _:
                return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

    def read(self, cell: str) -> Any:
        """The value that a cell says. Raises CellError."""
        cell = cell.strip()
        match self.form:
            case "lines":
                return [line.strip() for line in cell.splitlines() if line.strip()]
            case "rows":
                return [_row(self.path, line) for line in cell.splitlines() if line.strip()]
            case "choice":
                return _choice(self.choices or {}, cell)
            case "day":
                return _day(cell)
            case "number":
                return _number(cell)
            case _:
                return cell if cell or self.needed else None

    def put(self, content: dict[str, Any], value: Any) -> None:
        """Write a value into a content."""
        *group, name = self.path.split(".")
        inner = content
        if group:
            inner = content[group[0]] = dict(content.get(group[0]) or {})
        inner[name] = value

    def _value(self, content: Mapping[str, Any]) -> Any:
        value: Any = content
        for name in self.path.split("."):
            value = (value or {}).get(name)
        return value


COLUMNS = (
    Column("Tên", "title", BOTH, needed=True),
    Column("Lĩnh vực", "field", PROCEDURE, needed=True),
    Column("Chủ đề", "topic", FAQ, needed=True),
    Column("Mức chắc chắn", "confidence", BOTH, "choice", wording.CONFIDENCES),
    Column("Trả lời", "answer", FAQ, needed=True),
    Column("Trả lời qua điện thoại", "spoken", FAQ),
    Column("Tên chính thức", "official_title"),
    Column("Tóm tắt", "summary"),
    Column("Ai được làm", "who"),
    Column("Điều kiện", "conditions"),
    Column("Giấy tờ", "documents", PROCEDURE, "rows"),
    Column("Ghi chú giấy tờ", "documents_note"),
    Column("Mẫu đơn", "forms", PROCEDURE, "lines"),
    Column("Loại lệ phí", "fee.kind", PROCEDURE, "choice", wording.FEE_KINDS),
    Column("Số tiền, đồng", "fee.amount_vnd", PROCEDURE, "number"),
    Column("Quy định về lệ phí", "fee.rule"),
    Column("Miễn, giảm", "fee.exemptions"),
    Column("Bao lâu", "time.number", PROCEDURE, "number"),
    Column("Đơn vị thời gian", "time.unit", PROCEDURE, "choice", wording.UNITS),
    Column("Tính từ", "time.counted_from"),
    Column("Quy định về thời gian", "time.rule"),
    Column("Cơ quan giải quyết", "place.authority", PROCEDURE, needed=True),
    Column("Cấp giải quyết", "place.level", PROCEDURE, "choice", wording.LEVELS),
    Column("Nộp ở đâu", "place.where"),
    Column("Cơ quan đến 30/6/2025", "place.before"),
    Column("Làm trên mạng", "online.level", PROCEDURE, "choice", wording.ONLINE),
    Column("Trang nộp", "online.where"),
    Column("Các bước", "steps", PROCEDURE, "lines"),
    Column("Kết quả", "result"),
    Column("Hạn phải làm", "deadline.rule"),
    Column("Nếu làm trễ", "deadline.late"),
    Column("Quyết định công bố", "decision"),
    Column("Căn cứ pháp luật", "legal_basis", BOTH, "rows"),
    Column("Nguồn", "sources", BOTH, "rows"),
    Column("Tên thường gọi", "common_names", BOTH, "lines"),
    Column("Câu hỏi mẫu", "examples", BOTH, "lines"),
    Column("Mục liên quan", "related", BOTH, "lines"),
    Column("Hiệu lực từ", "valid_from", BOTH, "day"),
    Column("Đến hết", "valid_until", BOTH, "day"),
    Column("Ghi chú nội bộ", "notes", BOTH),
)


def _choice(choices: Mapping[str, str], cell: str) -> str:
    for key, name in choices.items():
        if cell.casefold() in (key, name.casefold()):
            return key
    raise CellError(f"“{cell[:40]}” không có trong: {', '.join(choices.values())}")


def _day(cell: str) -> str | None:
    """An ISO day from ``dd/mm/yyyy`` or ISO."""
    if not cell:
        return None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(cell[:10], form).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CellError(f"“{cell[:20]}” không phải ngày dạng 31/12/2026")


def _day_text(value: Any) -> str:
    return f"{date.fromisoformat(str(value)):%d/%m/%Y}" if value else ""


def _number(cell: str) -> str | None:
    """A number as text that the schema reads; groups of thousands lose their dots."""
    plain = cell.replace(" ", "")
    plain = plain.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", plain) else plain.replace(",", ".")
    if plain and not re.fullmatch(r"\d+(\.\d+)?", plain):
        raise CellError(f"“{cell[:20]}” không phải số")
    return plain or None


def _row_text(path: str, row: Mapping[str, Any]) -> str:
    """A row of a table as one line, its columns between bars, without empty ones at the end."""
    cells = [_part_text(path, name, row.get(name)).replace("|", "/") for name in ROWS[path]]
    return " | ".join(cells).rstrip("| ")


def _part_text(path: str, name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _DAYS:
        return _day_text(value)
    return ROW_CHOICES.get((path, name), {}).get(value, str(value))


def _row(path: str, line: str) -> dict[str, Any]:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) > len(ROWS[path]):
        raise CellError(f"“{line[:40]}” có quá {len(ROWS[path])} phần cách nhau bằng |")
    row: dict[str, Any] = {}
    for name, cell in zip(ROWS[path], cells, strict=False):
        choices = ROW_CHOICES.get((path, name))
        if choices:
            row[name] = _choice(choices, cell) if cell else None
        else:
            row[name] = _day(cell) if name in _DAYS else cell or None
    for of, name in ROW_CHOICES:
        if of == path and not row.get(name):
            row[name] = "unverified" if name == "basis" else "unknown"
    return row
