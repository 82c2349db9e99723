"""``python -m store upgrade | downgrade REVISION | check | revise ID MESSAGE``, on the database of the settings."""

from __future__ import annotations

import argparse

from settings import get_settings
from store import migrate
from store.engine import Database


def main() -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m store", description="Migrate the database.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade")
    commands.add_parser("downgrade").add_argument("revision")
    commands.add_parser("check")
    revise = commands.add_parser("revise")
    revise.add_argument("id")
    revise.add_argument("message")
    arguments = parser.parse_args()
    settings = get_settings()
    settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    match arguments.command:
        case "upgrade":
            migrate.upgrade(database)
        case "downgrade":
            migrate.downgrade(database, arguments.revision)
        case "check":
            migrate.check(database)
        case "revise":
            migrate.revise(database, arguments.message, arguments.id)
    database.close()


if __name__ == "__main__":
    main()
