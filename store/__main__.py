"""``python -m store``: migrate the database, delete what is past its period, answer a data subject's request."""

from __future__ import annotations

import argparse
import sys
import tarfile
from pathlib import Path

from settings import Settings, get_settings
from store import backup, migrate, moving, requests, retention
from store.base import now
from store.crypto import Vault
from store.engine import Database
from store.trackers import TrackerEraser


def main() -> None:
    """Run one command on the database of the settings."""
    arguments = _parser().parse_args()
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
        case "retention":
            _retention(database, settings)
        case "subject":
            _subject(database, settings, arguments)
        case "backup":
            _back_up(settings, arguments.folder, arguments.keep_days)
        case "restore":
            database.close()
            _restore(settings, arguments.file)
        case "move":
            _move(database, arguments.to)
    database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description="Look after the database.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="migrate forward")
    commands.add_parser("downgrade", help="migrate back").add_argument("revision")
    commands.add_parser("check", help="fail when tables and migrations differ")
    revise = commands.add_parser("revise", help="write a migration")
    revise.add_argument("id")
    revise.add_argument("message")
    commands.add_parser("retention", help="delete what is past its period, as the gateway does every hour")
    keep = commands.add_parser("backup", help="write a backup into a folder, and delete old ones there")
    keep.add_argument("folder", type=Path)
    keep.add_argument("--keep-days", type=int, default=30)
    back = commands.add_parser("restore", help="put a backup in the place of what the database holds")
    back.add_argument("file", type=Path)
    move = commands.add_parser("move", help="copy all rows to an empty database, as from SQLite to PostgreSQL")
    move.add_argument("to", help="SQLAlchemy URL")
    subject = commands.add_parser("subject", help="find, export or erase all of one person, named on standard input")
    subject.add_argument("action", choices=["find", "export", "erase"])
    subject.add_argument("by", choices=requests.KNOWN, help="what is known of the person")
    return parser


def _retention(database: Database, settings: Settings) -> None:
    trackers = TrackerEraser(settings.tracker_database)
    counts = retention.delete_expired(database, trackers.erase, retention.Periods.in_force(database, settings), now())
    for name, count in counts.items():
        print(f"{name}: {count}")
    trackers.close()


def _back_up(settings: Settings, folder: Path, days: int) -> None:
    try:
        print(backup.back_up(settings.database, settings.tracker_database, folder, now()))
    except backup.BackupError as error:
        sys.exit(str(error))
    for name in backup.forget_old(folder, days, now()):
        print(f"deleted {name}")


def _restore(settings: Settings, file: Path) -> None:
    try:
        counts = backup.restore(file, settings.database, settings.tracker_database)
    except (backup.BackupError, OSError, tarfile.TarError) as error:
        sys.exit(f"Not restored: {error}")
    for name, count in counts.items():
        print(f"{name}: {count}")


def _move(database: Database, to: str) -> None:
    migrate.upgrade(database)
    target = Database(to)
    migrate.upgrade(target)
    try:
        for name, count in moving.move(database, target).items():
            print(f"{name}: {count}")
    except moving.TargetNotEmptyError:
        sys.exit("The target holds rows already: name an empty database.")
    finally:
        target.close()


def _subject(database: Database, settings: Settings, arguments: argparse.Namespace) -> None:
    value = sys.stdin.readline().strip()
    if not value:
        sys.exit("Type what is known of the person, or pipe it in: it is not taken from the command line on purpose.")
    trackers = TrackerEraser(settings.tracker_database)
    vault = Vault(settings.key())
    print(requests.answer(database, vault, trackers.erase, arguments.action, arguments.by, value))
    trackers.close()


if __name__ == "__main__":
    main()
