"""Rules about entries together: duplicates, contradictions, shared examples, ids that do not exist, families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Faq, Procedure
from knowledge.lint.facts import plain
from knowledge.lint.finding import Finding, Severity
from knowledge.text_file import read_yaml

Entries = Mapping[str, Procedure | Faq]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]

FAMILIES = Path(__file__).parents[1] / "families.yml"
SAME_WORDS = 0.9
SAME_MEANING = 0.985
LIKE_MEANING = 0.96
LONGEST_LABEL = 6


def unknown_related(entries: Entries) -> Iterator[Finding]:
    """A related entry that does not exist."""
    for entry in entries.values():
        for other in entry.related:
            if other not in entries or other == entry.id:
                yield Finding(entry.id, "unknown-related", "related", other)


def shared_examples(entries: Entries) -> Iterator[Finding]:
    """An example question that two entries claim."""
    owners: dict[str, str] = {}
    for entry in entries.values():
        for example in entry.examples:
            other = owners.setdefault(plain(example), entry.id)
            if other != entry.id:
                yield Finding(entry.id, "shared-example", "examples", f"{example} (cũng ở {other})")


def contradictions(entries: Entries) -> Iterator[Finding]:
    """Two entries of one title whose fee or time differ."""
    titles: dict[str, list[Procedure]] = defaultdict(list)
    for entry in entries.values():
        if isinstance(entry, Procedure):
            titles[plain(entry.official_title or entry.title)].append(entry)
    for same in titles.values():
        for first, second in pairwise(same):
            if first.place.level == second.place.level and (differ := _differing(first, second)):
                severity: Severity = "warning" if first.origin == second.origin == "import" else "error"
                yield Finding(second.id, "contradiction", differ, f"khác với {first.id} cùng tên", severity)


def contradicting_likes(entries: Entries, encode: Encode) -> Iterator[Finding]:
    """Procedures whose titles mean nearly the same, and whose fee or time differ."""
    written = [e for e in entries.values() if isinstance(e, Procedure) and e.origin != "import"]
    if len(written) < 2:
        return
    vectors = encode([entry.title for entry in written])
    for row, column in zip(*np.nonzero(np.triu(vectors @ vectors.T >= LIKE_MEANING, 1)), strict=True):
        first, second = written[row], written[column]
        same_title = plain(first.official_title or first.title) == plain(second.official_title or second.title)
        if not same_title and first.place.level == second.place.level and (differ := _differing(first, second)):
            yield Finding(second.id, "contradiction", differ, f"khác với {first.id}: {first.title}", "warning")


def _differing(first: Procedure, second: Procedure) -> str | None:
    for name, a, b in (
        ("fee", first.fee.amount_vnd, second.fee.amount_vnd),
        ("time", (first.time.number, first.time.unit), (second.time.number, second.time.unit)),
    ):
        if a and b and a != b and (name == "fee" or (first.time.number and second.time.number)):
            return name
    return None


def near_duplicates(entries: Entries, encode: Encode | None = None) -> Iterator[Finding]:
    """Written entries whose titles have nearly the same words, or the same meaning when an encoder is given."""
    written = [e for e in entries.values() if isinstance(e, Faq) or e.origin != "import"]
    if len(written) < 2:
        return
    alike = _word_overlap([plain(entry.title) for entry in written]) >= SAME_WORDS
    if encode is not None:
        vectors = encode([entry.title for entry in written])
        alike |= (vectors @ vectors.T) >= SAME_MEANING
    for row, column in zip(*np.nonzero(np.triu(alike, 1)), strict=True):
        first, second = written[row], written[column]
        yield Finding(second.id, "near-duplicate", "title", f"gần như trùng {first.id}: {first.title}", "warning")


def _word_overlap(titles: Sequence[str]) -> NDArray[np.float64]:
    """Jaccard overlap of the words of every two titles."""
    vocabulary = {word: at for at, word in enumerate(sorted({w for title in titles for w in title.split()}))}
    present = np.zeros((len(titles), len(vocabulary)), dtype=np.float32)
    for row, title in enumerate(titles):
        present[row, [vocabulary[word] for word in title.split()]] = 1
    common = present @ present.T
    sizes = present.sum(axis=1)
    overlap: NDArray[np.float64] = common / np.maximum(sizes[:, None] + sizes[None, :] - common, 1)
    return overlap


def families(entries: Entries, raw: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Families whose members, labels or triggers do not fit."""
    triggers: dict[str, str] = {}
    for family in raw:
        name = family["id"]
        for trigger in family.get("triggers", ()):
            other = triggers.setdefault(plain(trigger), name)
            if other != name:
                yield Finding(name, "family-trigger", "triggers", f"{trigger} (cũng ở {other})")
        yield from _members(entries, name, family.get("members", ()))


def _members(entries: Entries, name: str, members: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    if len(members) < 2:
        yield Finding(name, "family-member", "members", "cần ít nhất hai lựa chọn")
    clear: dict[str, str] = {}
    for member in members:
        if member["entry"] not in entries:
            yield Finding(name, "family-member", "members", f"không có mục {member['entry']}")
        if len(member["choice"].split()) > LONGEST_LABEL:
            yield Finding(name, "family-label", "choice", member["choice"])
        for phrase in member.get("clear", ()):
            if clear.setdefault(plain(phrase), member["entry"]) != member["entry"]:
                yield Finding(name, "family-trigger", "clear", phrase)


def load_families(path: Path = FAMILIES) -> list[dict[str, Any]]:
    """The families as the YAML file has them."""
    raw: list[dict[str, Any]] = read_yaml(path)
    return raw
