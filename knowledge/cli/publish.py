"""``publish``: seed the store, then build, test and switch to a new snapshot."""

from __future__ import annotations

import argparse
import getpass
import sys

from knowledge.catalogue import load_catalogue
from knowledge.crew import processors
from knowledge.publish import Press, PublicationRefusedError, Published, publish
from knowledge.seeding import load_revisions, sync
from knowledge.unattended import publish_if_needed, up_to_date
from settings import get_settings
from store.engine import Database
from store.locks import only_one

HELP = "build a snapshot of the published entries, test it, and make it live"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--if-needed", action="store_true", help="not when the live one is up to date or was rolled back to"
    )
    parser.add_argument("--learn", action="store_true", help="learn anew even when few entries changed")
    parser.add_argument("--no-gate", action="store_true", help="publish even if known questions break")


def run(arguments: argparse.Namespace) -> int:
    """Publish; 1 when the regression gate refused, unless it was only if needed and the live snapshot can be used."""
    settings = get_settings()
    database = Database(settings.database)
    press = Press.of(database, settings.var, settings.encoder_path, processors())
    try:
        with only_one(database, "publication"):
            done = _publish(press, arguments)
    except PublicationRefusedError as refused:
        print(f"Not published, these questions would break:\n{refused}", file=sys.stderr)
        return 0 if arguments.if_needed and up_to_date(press) else 1
    finally:
        database.close()
    state = "is live now" if done.built else "is live already"
    print(f"Snapshot {done.number} with {done.entries} entries {state}.")
    if done.held:
        print("What changed since was rolled back or refused: `python -m knowledge publish` publishes it all the same.")
    return 0


def _publish(press: Press, arguments: argparse.Namespace) -> Published:
    with press.database.write() as session:
        seed = load_revisions()
        sync(session, [*seed, *load_catalogue(without={entry.id for entry in seed})])
    wanted = publish_if_needed if arguments.if_needed else publish
    return wanted(
        press,
        getpass.getuser(),
        gate=not arguments.no_gate,
        learn=arguments.learn,
        progress=lambda step: print(f"  {step}", flush=True),
    )
