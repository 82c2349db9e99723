"""``search``: what the live snapshot finds for a question, and what it would do."""

from __future__ import annotations

import argparse

from knowledge.publish import open_live

HELP = "show what the live snapshot finds for a question"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("question")
    parser.add_argument("-k", type=int, default=5, help="how many entries to show")


def run(arguments: argparse.Namespace) -> int:
    """Prints the reading of the question, the decision and the candidates."""
    snapshot = open_live()
    found = snapshot.retriever.search(arguments.question, arguments.k)
    print(f"read as   {found.restored}")
    print(f"decision  {found.outcome} (right {found.probability:.2f}, in scope {found.in_scope:.2f})")
    print("aspects   " + ", ".join(f"{aspect} {sure:.2f}" for aspect, sure in found.aspects[:3]))
    for candidate in found.candidates:
        print(f"{candidate.score:7.2f}  {candidate.entry:10}  {snapshot.entries[candidate.entry].title}")
    return 0
