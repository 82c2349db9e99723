"""``stats``: what the live entries cover, how old and how reviewed they are, and which fields are empty."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from knowledge.seeding import live_entries
from knowledge.statistics import Statistics, statistics
from settings import get_settings
from store.engine import Database

HELP = "coverage by field and level, age, review state, empty fields"
SHOWN = 25


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Prints the figures of the published entries."""
    settings = get_settings()
    database = Database(settings.database)
    with database.read() as session:
        figures = statistics(live_entries(session), datetime.now(ZoneInfo(settings.tz)).date())
    database.close()
    if arguments.json:
        print(json.dumps(figures.as_dict(), ensure_ascii=False))
    else:
        show(figures)
    return 0


def show(figures: Statistics) -> None:
    """Prints the figures as tables; of the fields only the largest."""
    console = Console()
    for title, counts in figures.as_dict().items():
        table = Table(title=f"{TITLES[title]} ({len(counts)})", show_header=False)
        for name, count in list(counts.items())[:SHOWN]:
            table.add_row(name, str(count))
        console.print(table)


TITLES = {
    "origin": "Nguồn gốc", "level": "Cấp thực hiện", "field": "Lĩnh vực", "review": "Tình trạng duyệt",
    "age": "Ngày đối chiếu", "confidence": "Mức tin cậy", "empty": "Mục còn trống (thủ tục)",
}  # fmt: skip
