"""``import``: bring a portal export or the one-stop system's catalogue into the store."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from knowledge.importing import ImportReport, import_file, read_records
from knowledge.sources.files import BadFile
from knowledge.sources.portal_entry import bare_facts
from settings import get_settings
from store.engine import Database

HELP = "import procedures from JSONL, JSON, CSV or XLSX (portal export, LayDanhSachTTHC)"
OUTCOMES = {
    "added": "thêm mới", "changed": "cập nhật", "same": "không đổi", "kept": "giữ bản đã viết hoặc đã duyệt",
}  # fmt: skip
FLAGS = {
    "unparsed": "không tách được, giữ nguyên văn", "scrambled": "lẫn phần khác của trang",
    "unclear": "dính ngày với tiền", "contradiction": "Cổng tự mâu thuẫn, giữ cả hai", "district": "còn nói cấp huyện",
    "household_book": "còn đòi sổ hộ khẩu", "shortened": "quá dài để nói, giữ nguyên văn",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help=".jsonl, .json, .csv or .xlsx, also with .gz")
    parser.add_argument(
        "--collected", type=date.fromisoformat, metavar="YYYY-MM-DD",
        help="the day the file was taken from the portal (default: the day it is first imported)",
    )  # fmt: skip
    parser.add_argument("--bare-facts", type=Path, metavar="OUT", help="only write the catalogue of bare facts to OUT")


def run(arguments: argparse.Namespace) -> int:
    """0 when the file was imported, 1 when it was refused and nothing changed, 130 when it was stopped on the way."""
    try:
        if arguments.bare_facts:
            _write_facts(arguments.file, arguments.bare_facts)
        else:
            show(_import(arguments.file, arguments.collected))
    except BadFile as error:
        print(f"Không nhập được, chưa có gì thay đổi. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Đã dừng. Phần đã nhập được giữ lại; chạy lại lệnh này để nhập tiếp.", file=sys.stderr)
        return 130
    return 0


def _write_facts(file: Path, out: Path) -> None:
    """The lines of the catalogue that the repository ships."""
    lines = [json.dumps(bare_facts(r), ensure_ascii=False, separators=(",", ":")) for r in read_records(file)]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _import(file: Path, collected: date | None) -> ImportReport:
    database = Database(get_settings().database)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("Nhập thủ tục", total=None)
            return import_file(database, file, lambda n, m: bar.update(task, completed=n, total=m), collected=collected)
    finally:
        database.close()


def show(report: ImportReport) -> None:
    """Prints a report as a table."""
    table = Table(title=f"{report.name}: {report.records} bản ghi", show_header=False)
    for name, said in OUTCOMES.items():
        table.add_row(said, str(report.counts.get(name, 0)))
    table.add_section()
    for name, said in FLAGS.items():
        if report.flags.get(name):
            table.add_row(said, str(report.flags[name]))
    table.add_section()
    table.add_row("khác với bản đã viết (xem: python -m knowledge diff)", str(report.differences))
    table.add_row("lần trước có, tệp này không có", str(report.gone))
    Console().print(table)
