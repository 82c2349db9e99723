"""``report``: what the latest import did and what of it waits for a person."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select

from knowledge.cli.import_ import show
from knowledge.importing import report
from settings import get_settings
from store.engine import Database
from store.imports import ImportRunRow

HELP = "what the latest import did, and what of it waits for a person"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(arguments: argparse.Namespace) -> int:
    """0 when there was an import, 1 when there was none."""
    database = Database(get_settings().database)
    try:
        with database.read() as session:
            latest = session.scalars(select(ImportRunRow).order_by(ImportRunRow.started_at.desc())).first()
        if latest is None:
            print("Chưa nhập tệp nào.", file=sys.stderr)
            return 1
        show(report(database, latest.file_hash))
        if latest.state == "running":
            print(f"Đang dở ở bản ghi {latest.cursor}/{latest.records}; chạy lại lệnh import để tiếp tục.")
    finally:
        database.close()
    return 0
