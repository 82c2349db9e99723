"""Figures as a spreadsheet: one set of tables, written as CSV or as an Excel workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console import figure_words, wording
from console.catalogue import Catalogue
from console.numbers import EntryFigures, Numbers, Period
from store.base import now

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """One table. rows: as long as `head`; numbers stay numbers."""

    name: str
    head: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def tables(period: Period, channel: str | None, titles: Mapping[str, str], known: Catalogue) -> list[Table]:
    """All figures of a period as tables. titles: of entries, by id. known: what is live."""
    numbers = period.of(channel)
    return [
        Table("Tổng hợp", ("Chỉ số", "Giá trị"), summary(numbers)),
        Table("Kết cục", ("Kết cục", "Lượt"), _named(numbers.outcomes, figure_words.OUTCOMES)),
        Table("Từng câu", ("Kết quả", "Số câu"), _named(numbers.parts("status"), wording.STATUSES)),
        Table("Kênh", ("Kênh", "Lượt", "Không cần cán bộ", "Quay lại trong 72 giờ"), channels(period)),
        Table("Mục", ("Mã", "Mục", "Trả lời", "Bị chê", "Cán bộ sửa", "Gặp cán bộ"), _entries(numbers.entries, titles)),
        Table("Xã, phường", ("Xã, phường", "Lượt"), list(numbers.parts("commune").items())),
        Table("Giờ", ("Giờ", "Tin nhắn"), list(numbers.hours.items())),
        Table("Ngày", ("Ngày", "Lượt", "Không đạt"), [(day, *both) for day, both in numbers.days.items()]),
        Table("Yêu cầu", ("Loại", "Số"), _named(numbers.parts("ticket"), wording.KINDS)),
        Table(
            "Cuộc gọi",
            ("Bước", "Tới", "Bỏ cuộc"),
            [(figure_words.CALL_STEPS.get(s, s), *n) for s, *n in numbers.call_steps],
        ),
        Table("Kho nội dung", ("Chỉ số", "Số mục"), coverage(known)),
        Table("Nguồn được kiểm lần cuối", ("Cách đây", "Số mục"), list(known.ages.items())),
    ]


def summary(numbers: Numbers) -> list[tuple[str, Any]]:
    """The figures that stand alone; shares as parts of one, unknown ones empty."""
    return [
        ("Từ ngày", numbers.first),
        ("Đến ngày", numbers.last),
        ("Lượt liên hệ", numbers.sum("contact")),
        ("Không đạt", numbers.failed),
        ("Tin nhắn của người dân", numbers.sum("hour")),
        ("Không cần cán bộ", numbers.contained),
        ("Quay lại trong 72 giờ", numbers.back),
        ("Bị chê", numbers.sum("disliked")),
        ("Cán bộ đánh dấu sai", numbers.sum("corrected")),
        ("Hài lòng, trên 5", numbers.satisfaction),
        ("Chờ cán bộ, phút (trung vị)", numbers.waited(0.5)),
        ("Chờ cán bộ, phút (9 trong 10 người)", numbers.waited(0.9)),
        ("Có cán bộ trong 5 phút", numbers.service_level),
        ("Chưa ai nhận", numbers.sum("untaken")),
        ("Giữ đúng hẹn", numbers.kept),
    ]


def coverage(known: Catalogue) -> list[tuple[str, Any]]:
    """What the catalogue holds, and how much of it answered somebody or was approved."""
    return [
        ("Mục đang dùng", known.entries),
        ("Trong đó thủ tục", known.procedures),
        ("Đã có người hỏi", known.asked),
        ("Cán bộ đã duyệt", known.reviewed),
    ]


def channels(period: Period) -> list[tuple[Any, ...]]:
    """Each channel with contacts, containment and returns."""
    found = {name: period.of(channel) for channel, name in wording.CHANNELS.items()}
    return [(name, numbers.sum("contact"), numbers.contained, numbers.back) for name, numbers in found.items()]


def as_csv(made: Sequence[Table]) -> bytes:
    """The tables one below the other, with the mark that makes spreadsheets read UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written)
    for table in made:
        writer.writerows([(table.name,), table.head, *([_harmless(cell) for cell in row] for row in table.rows), ()])
    return ("\ufeff" + written.getvalue()).encode()


def as_xlsx(made: Sequence[Table]) -> bytes:
    """The tables as sheets of a workbook."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = now().replace(tzinfo=None)
    for table in made:
        sheet = book.create_sheet(table.name)
        for row in (table.head, *table.rows):
            sheet.append([_harmless(cell) for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for letter, wide in zip("ABCDEF", (34, 40, 12, 12, 12, 12), strict=True):
            sheet.column_dimensions[letter].width = wide
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _named(figures: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [(names.get(part, part), value) for part, value in figures.items()]


def _entries(rows: Sequence[EntryFigures], titles: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [(r.id, titles.get(r.id, r.id), r.answered, r.disliked, r.corrected, r.person) for r in rows]
