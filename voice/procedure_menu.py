"""The two-level key menu of procedures and their short codes, built from the entries that are live now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.entry import Faq, Procedure
from knowledge.text_file import read_yaml
from voice.book import Group

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


def find_short_code(digits: str, groups: tuple[Group, ...]) -> tuple[str, str] | None:
    """The entry id and title of a short code, or of a national code pressed without its dot."""
    national = re.sub(r"^(\d)(\d{6})$", r"\1.\2", digits)
    for group in groups:
        for code, entry, title in group.entries:
            if digits == code or national == entry:
                return entry, title
    return None
