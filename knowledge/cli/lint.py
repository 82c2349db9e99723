"""``lint``: check what the knowledge base says, in the store or in the seed files."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from knowledge.entry import Faq, Procedure
from knowledge.lint.finding import Finding
from knowledge.lint.relations import Encode, load_families
from knowledge.lint.rules import lint
from knowledge.seeding import live_entries, load_seed
from settings import get_settings
from store.engine import Database

HELP = "check wording, sources, fees, legal documents, duplicates and families"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--seed", action="store_true", help="the shipped YAML files instead of the store")
    parser.add_argument("--meaning", action="store_true", help="find duplicates by meaning too (loads the encoder)")
    parser.add_argument("--warnings", action="store_true", help="list warnings too")


def run(arguments: argparse.Namespace) -> int:
    """0 when there is no error, 1 otherwise."""
    entries = load_seed() if arguments.seed else _stored()
    found = lint(entries, load_families(), _encoder() if arguments.meaning else None)
    errors = [finding for finding in found if finding.severity == "error"]
    shown = found if arguments.warnings else errors
    if shown:
        Console().print(_table(shown))
    counts = Counter(finding.rule for finding in found if finding.severity == "warning")
    told = "; ".join(f"{rule} {count}" for rule, count in counts.most_common())
    print(f"{len(entries)} entries: {len(errors)} errors, {counts.total()} warnings{f' ({told})' if told else ''}")
    if errors:
        print("Sửa các lỗi trên rồi chạy lại.", file=sys.stderr)
    return 1 if errors else 0


def _stored() -> list[Procedure | Faq]:
    database = Database(get_settings().database)
    with database.read() as session:
        entries = live_entries(session)
    database.close()
    return entries


def _encoder() -> Encode:
    from knowledge.encoder import load_encoder

    return load_encoder(get_settings().encoder_path).encode_queries


def _table(found: Sequence[Finding]) -> Table:
    table = Table("Mục", "Quy tắc", "Chỗ", "Thấy gì")
    for finding in found:
        table.add_row(finding.entry, finding.rule, finding.field, finding.text[:100])
    return table
