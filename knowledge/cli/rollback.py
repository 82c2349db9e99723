"""``rollback``: make the snapshot before the live one live again."""

from __future__ import annotations

import argparse
import getpass
import sys

from knowledge.publish import Press, rollback
from settings import get_settings
from store.engine import Database

HELP = "make the snapshot before the live one live again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are no options."""


def run(arguments: argparse.Namespace) -> int:
    """Roll back; 1 when no earlier snapshot is kept."""
    settings = get_settings()
    database = Database(settings.database)
    try:
        number = rollback(Press.of(database, settings.var, settings.encoder_path), getpass.getuser())
    except LookupError as error:
        print(f"Not rolled back: {error}", file=sys.stderr)
        return 1
    finally:
        database.close()
    print(f"Snapshot {number} is live again.")
    return 0
