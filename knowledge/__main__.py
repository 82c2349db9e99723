"""``python -m knowledge``: look after the knowledge base from the command line."""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module

from knowledge import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one subcommand and returns its exit status; every module of `knowledge.cli` is one."""
    parser = argparse.ArgumentParser(prog="python -m knowledge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for module in pkgutil.iter_modules(cli.__path__):
        command = import_module(f"knowledge.cli.{module.name}")
        name = module.name.removesuffix("_")
        subparser = commands.add_parser(name, help=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    arguments = parser.parse_args(argv)
    status: int = arguments.run(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
