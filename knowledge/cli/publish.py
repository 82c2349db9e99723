"""``publish``: seed the store, then build, test and switch to a new snapshot."""

from __future__ import annotations

import argparse
import getpass
import sys

from knowledge.catalogue import load_catalogue
from knowledge.crew import processors
from knowledge.publish import Press, PublicationRefusedError, Published, publish, up_to_date
from knowledge.seeding import load_seed, sync
from settings import get_settings
from store.engine import Database
from store.locks import only_one

HELP = "build a snapshot of the published entries, test it, and make it live"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--if-needed", action="store_true", help="do nothing when the live snapshot is up to date")
    parser.add_argument("--learn", action="store_true", help="learn anew even when few entries changed")
    parser.add_argument("--no-gate", action="store_true", help="publish even if known questions break")


def run(arguments: argparse.Namespace) -> int:
    """Publish; 1 when the regression gate refused."""
    settings = get_settings()
    database = Database(settings.database)
    press = Press.of(database, settings.var, settings.encoder_path)
    try:
        with only_one(database, "publication"):
            done = _publish(press, arguments)
    except PublicationRefusedError as refused:
        print(f"Not published, these questions would break:\n{refused}", file=sys.stderr)
        return 1
    finally:
        database.close()
    state = "is live now" if done.built else "is live already"
    print(f"Snapshot {done.number} with {done.entries} entries {state}.")
    return 0


def _publish(press: Press, arguments: argparse.Namespace) -> Published:
    with press.database.write() as session:
        seed = load_seed()
        sync(session, [*seed, *load_catalogue(without={entry.id for entry in seed})])
    done = up_to_date(press) if arguments.if_needed else None
    return done or publish(
        press,
        getpass.getuser(),
        gate=not arguments.no_gate,
        learn=arguments.learn,
        workers=processors(),
        progress=lambda step: print(f"  {step}", flush=True),
    )
