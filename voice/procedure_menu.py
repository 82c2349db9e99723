"""The two-level key menu of procedures and their short codes, built from the entries that are live now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.entry import Faq, Procedure
from knowledge.text_file import read_yaml
from voice.book import Book, Group

PAGE = 3


@lru_cache(maxsize=1)
def _groups() -> list[dict[str, Any]]:
    path = Path(__file__).with_name("short_codes.yml")
    loaded: list[dict[str, Any]] = read_yaml(path)["groups"]
    return loaded


def build_groups(entries: Mapping[str, Procedure | Faq]) -> tuple[Group, ...]:
    """The groups of `short_codes.yml` with what is live: listed procedures first, then new ones of the same fields.

    Bare imports are reached by their national code or by speech only; they are too many to listen to.
    """
    live = {i: e for i, e in entries.items() if isinstance(e, Procedure) and e.origin != "import"}
    groups = []
    for group in _groups():
        listed = {i: str(code) for code, i in group["codes"].items() if i in live}
        new = sorted(i for i, e in live.items() if e.field in group["fields"] and i not in listed)
        found = [(listed.get(i, ""), i, live[i].title) for i in (*listed, *new)]
        if found:
            groups.append(Group(group["title"], tuple(found)))
    return tuple(groups)


def titles_of(entries: Mapping[str, Procedure | Faq]) -> dict[str, str]:
    """The title of every procedure that is live, bare imports as well, by national code."""
    return {i: e.title for i, e in entries.items() if isinstance(e, Procedure)}


def find_short_code(digits: str, book: Book) -> tuple[str, str] | None:
    """The entry id and title of a short code, or of a national code pressed without its dot."""
    listed = (row for group in book.groups for row in group.entries)
    national = re.sub(r"^(\d)(\d{6})$", r"\1.\2", digits)
    entry = next((entry for code, entry, _ in listed if code == digits), national)
    return (entry, book.titles[entry]) if entry in book.titles else None
