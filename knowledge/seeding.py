"""Brings the shipped entries into the store as published revisions; what staff changed stays as they have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.text_file import read_yaml
from store.knowledge import EntryRow, RevisionRow

SEED = Path(__file__).with_name("seed")
AUTHOR = "seed"


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many entries were added, changed, left because staff changed them, and already there."""

    added: int
    changed: int
    kept: int
    same: int


def load_revisions(folder: Path = SEED) -> list[Procedure | Faq]:
    """All entries of the YAML files under `folder`, each followed by its dated successors, which share its id.

    `successors` of an entry lists what else it says from a day on: `valid_from` and the fields that change. Raises
    ValueError, naming file and id, for an invalid one.
    """
    entries: list[Procedure | Faq] = []
    for file in sorted(folder.rglob("*.yml")):
        for raw in read_yaml(file):
            try:
                entries += _dated(raw)
            except (KeyError, ValueError) as error:
                raise ValueError(f"{file.name}, {raw.get('id')}: {error}") from error
    return entries


def load_seed(folder: Path = SEED) -> list[Procedure | Faq]:
    """`load_revisions` without the successors: every entry once."""
    first: dict[str, Procedure | Faq] = {}
    for entry in load_revisions(folder):
        first.setdefault(entry.id, entry)
    return list(first.values())


def _dated(raw: dict[str, Any]) -> list[Procedure | Faq]:
    """An entry of a YAML file and its successors, in the order of their days."""
    first = {name: value for name, value in raw.items() if name != "successors"}
    later = sorted(raw.get("successors", ()), key=lambda changes: changes["valid_from"])
    return [ENTRY.validate_python(first | changes) for changes in ({}, *later)]


def content_of(entry: Procedure | Faq) -> dict[str, Any]:
    """An entry as the JSON a revision holds."""
    content: dict[str, Any] = ENTRY.dump_python(entry, mode="json")
    return content


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of a revision's content, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sync(session: Session, entries: Iterable[Procedure | Faq], author: str = AUTHOR) -> Seeded:
    """Make the store hold `entries`; what anybody else than `author` made live, or took out of the answers, stays so.

    Entries of one id are published together, in their order; from the day a later one is valid, it is the one in force.
    """
    rows = {row.id: row for row in session.scalars(select(EntryRow))}
    published, out = _published(session), taken_out(session)
    wanted: dict[str, list[Procedure | Faq]] = {}
    for entry in entries:
        wanted.setdefault(entry.id, []).append(entry)
    counts = {"added": 0, "changed": 0, "kept": 0, "same": 0}
    for id_, revisions in wanted.items():
        if id_ in out:
            counts["kept"] += 1
        else:
            counts[_sync_one(session, revisions, rows.get(id_), published.get(id_, []), author)] += 1
    return Seeded(**counts)


def live_entries(session: Session) -> list[Procedure | Faq]:
    """The live revision of every entry, in force or not, by id."""
    query = select(RevisionRow).join(
        EntryRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.live == RevisionRow.number)
    )
    revisions = {revision.entry_id: revision for revision in session.scalars(query)}
    return [ENTRY.validate_python(revisions[entry].content) for entry in sorted(revisions)]


def _published(session: Session) -> dict[str, list[RevisionRow]]:
    """The published revisions of every live entry, the newest last."""
    query = (
        select(RevisionRow)
        .join(EntryRow, EntryRow.id == RevisionRow.entry_id)
        .where(RevisionRow.state == "published", EntryRow.live.is_not(None))
        .order_by(RevisionRow.number)
    )
    found: dict[str, list[RevisionRow]] = {}
    for revision in session.scalars(query):
        found.setdefault(revision.entry_id, []).append(revision)
    return found


def taken_out(session: Session) -> set[str]:
    """Ids of the entries that answered once and do no more."""
    query = select(EntryRow.id).join(RevisionRow, RevisionRow.entry_id == EntryRow.id)
    return set(session.scalars(query.where(EntryRow.live.is_(None), RevisionRow.state == "retired")))


def _sync_one(
    session: Session,
    revisions: Sequence[Procedure | Faq],
    row: EntryRow | None,
    published: Sequence[RevisionRow],
    author: str,
) -> str:
    if any(live.author != author and not _only_imported(live, revisions[0]) for live in published):
        return "kept"
    if [live.content_hash for live in published] == [content_hash(content_of(entry)) for entry in revisions]:
        return "same"
    for live in published:
        live.state = "retired"
    for entry in revisions:
        row = put_revision(session, entry, row, None, author)
    return "changed" if published else "added"


def _only_imported(live: RevisionRow, entry: Procedure | Faq) -> bool:
    """Whether bare facts of an import stand where a written entry is now shipped."""
    bare = live.content.get("origin") == "import" and live.content.get("review") != "officer"
    return bare and isinstance(entry, Procedure) and entry.origin != "import"


def put_revision(
    session: Session, entry: Procedure | Faq, row: EntryRow | None, live: RevisionRow | None, author: str
) -> EntryRow:
    """Make `entry` the live revision of its row, which is added when there is none; `live`, the one before, retires."""
    content = content_of(entry)
    origin = entry.origin if isinstance(entry, Procedure) else "seed"
    if row is None:
        row = EntryRow(id=entry.id, kind=entry.kind, origin=origin)
        session.add(row)
        session.flush()
    newest = select(func.max(RevisionRow.number)).where(RevisionRow.entry_id == entry.id)
    number = (session.scalar(newest) or 0) + 1
    row.live, row.origin = number, origin
    if live is not None:
        live.state = "retired"
    session.add(
        RevisionRow(
            entry_id=entry.id, number=number, content=content, content_hash=content_hash(content), state="published",
            author=author, valid_from=entry.valid_from, valid_until=entry.valid_until,
        )
    )  # fmt: skip
    return row
