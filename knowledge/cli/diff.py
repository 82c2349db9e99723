"""``diff``: where imports differ from written or reviewed entries, for a person to settle."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from settings import get_settings
from store.engine import Database
from store.imports import ImportDifferenceRow

HELP = "list where imports differ from written entries"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("entry", nargs="?", help="only this entry")
    parser.add_argument("--keep", metavar="FIELD", help="settle this field of the entry: ours stays")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """0 when listed or settled, 1 when there is no such difference."""
    database = Database(get_settings().database)
    try:
        if arguments.keep:
            with database.write() as session:
                return _keep(session, arguments.entry, arguments.keep)
        with database.read() as session:
            rows = list(session.scalars(_open(arguments.entry)))
    finally:
        database.close()
    if arguments.json:
        for row in rows:
            print(json.dumps(_plain(row), ensure_ascii=False))
    else:
        Console().print(_table(rows))
    return 0


def _open(entry: str | None) -> Any:
    query = select(ImportDifferenceRow).where(ImportDifferenceRow.state == "open")
    query = query.where(ImportDifferenceRow.entry_id == entry) if entry else query
    return query.order_by(ImportDifferenceRow.entry_id, ImportDifferenceRow.field)


def _keep(session: Session, entry: str | None, field: str) -> int:
    row = session.get(ImportDifferenceRow, (entry, field)) if entry else None
    if row is None:
        print(f"Không có điểm khác nào ở mục {field} của {entry}.", file=sys.stderr)
        return 1
    row.state = "kept"
    return 0


def _plain(row: ImportDifferenceRow) -> dict[str, Any]:
    return {"entry": row.entry_id, "field": row.field, "ours": row.ours["value"], "theirs": row.theirs["value"]}


def _table(rows: list[ImportDifferenceRow]) -> Table:
    table = Table("Mã", "Mục", "Bản của ta", "Tệp nhập", title=f"{len(rows)} điểm khác cần xem")
    for row in rows:
        table.add_row(row.entry_id, row.field, *_sides(row.ours["value"], row.theirs["value"]))
    return table


def _sides(ours: Any, theirs: Any) -> tuple[str, str]:
    """Both values as text; of two lists only what the other lacks."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return _only(ours, theirs), _only(theirs, ours)
    return str(ours), str(theirs)


def _only(these: list[str], others: list[str]) -> str:
    """What stands in one list only."""
    return ", ".join(f"+ {value}" for value in these if value not in others)
