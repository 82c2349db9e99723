"""People's words for official titles: the thesaurus, and the names it proposes for an entry nobody has named yet.

`thesaurus/*.yml` holds, for each legal phrase, what citizens say instead; `fields` of a file are the fields of the
catalogue its pairs count in, all when there is none. A title that contains the phrase can be asked for in those words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from knowledge.entry import Procedure
from knowledge.text import syllables, unify
from knowledge.text_file import read_yaml

FOLDER = Path(__file__).with_name("thesaurus")
MAX_NAMES = 4
MAX_TERMS = 24
MAX_WORDS = 14
_OPENING = re.compile(r"^thủ tục:?\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_ASIDE = re.compile(
    r"\s*(?:\(|,? (?:thuộc thẩm quyền|đối với trường hợp|trong trường hợp|theo quy định|do bị|tại cơ quan|tại Cục"
    r"|tại Công an)\b)"
)
Words = tuple[str, ...]
_JOINED: dict[str, tuple[Words, ...]] = {"hợp": (("trường",),), "nhập": (("xuất",),)}
"""First words of a row that belong to the word before them: "trường hợp thửa đất" is no "hợp thửa"."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What people say (`lay`) for the words `legal`. fields: of the catalogue; empty for all."""

    legal: Words
    lay: tuple[str, ...]
    fields: frozenset[str]


@lru_cache(maxsize=1)
def thesaurus() -> tuple[Pairs, ...]:
    """All rows of ``thesaurus/*.yml``; what people say stands there as `normalise` leaves it in a question."""
    files = [_read(path) for path in sorted(FOLDER.glob("*.yml"))]
    return tuple(
        Pairs(_words(legal), tuple(lay), frozenset(file.get("fields", ())))
        for file in files
        for legal, lay in file["pairs"].items()
    )


def lay_terms(title: str, field: str, most: int = MAX_TERMS) -> tuple[str, ...]:
    """What people may say for parts of a title of a field, the longest parts first; at most `most`."""
    found = sorted(_found(_words(title), field), key=lambda at: -len(at[1].legal))
    return tuple(dict.fromkeys(chain.from_iterable(pairs.lay for _, pairs in found)))[:most]


def proposed_names(entry: Procedure) -> tuple[str, ...]:
    """Common names to offer a curator: the title with its legal parts put into people's words; at most `MAX_NAMES`.

    Parts that overlap are replaced once, the longest first, and verbs (the rows of every field) stay. What follows the
    gist of the title is left out, and so are names longer than `MAX_WORDS` and those the entry bears already.
    """
    gist = _ASIDE.split(_OPENING.sub("", unify(entry.official_title or entry.title)), maxsplit=1)[0]
    title = tuple(word.lower() for word in _WORD.findall(gist))
    taken: dict[int, Pairs] = {}
    free = [True] * len(title)
    rows = [(start, pairs) for start, pairs in _found(title, entry.field) if pairs.fields]
    for start, pairs in sorted(rows, key=lambda at: -len(at[1].legal)):
        span = slice(start, start + len(pairs.legal))
        if all(free[span]):
            taken[start], free[span] = pairs, [False] * len(pairs.legal)
    most = max((len(pairs.lay) for pairs in taken.values()), default=0)
    written = _WORD.findall(gist[:1].lower() + gist[1:])
    names = (_rewritten(written, taken, turn) for turn in range(most))
    known = {_words(name) for name in (entry.title, *entry.common_names)}
    fresh = [name for name in dict.fromkeys(names) if _words(name) not in known]
    return tuple(name for name in fresh if len(_words(name)) <= MAX_WORDS)[:MAX_NAMES]


def _rewritten(title: Sequence[str], taken: dict[int, Pairs], turn: int) -> str:
    words: list[str] = []
    at = 0
    while at < len(title):
        pairs = taken.get(at)
        words.append(pairs.lay[turn % len(pairs.lay)] if pairs else title[at])
        at += len(pairs.legal) if pairs else 1
    return " ".join(words)


def _found(title: Words, field: str) -> list[tuple[int, Pairs]]:
    """The rows whose legal words stand in the title, with the position of the first word."""
    return [
        (start, pairs)
        for start, word in enumerate(title)
        for pairs in _by_first().get(word, ())
        if title[start : start + len(pairs.legal)] == pairs.legal
        and (not pairs.fields or field in pairs.fields)
        and title[start - 1 : start] not in _JOINED.get(word, ())
    ]


@lru_cache(maxsize=1)
def _by_first() -> dict[str, Sequence[Pairs]]:
    rows: dict[str, list[Pairs]] = defaultdict(list)
    for pairs in thesaurus():
        rows[pairs.legal[0]].append(pairs)
    return dict(rows)


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(path)
    return loaded


def _words(text: str) -> Words:
    return tuple(syllables(unify(text)))
