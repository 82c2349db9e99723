"""Brings the shipped entries into the store as published revisions; what staff changed stays as they have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
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


def load_seed(folder: Path = SEED) -> list[Procedure | Faq]:
    """All entries of the YAML files under `folder`. Raises ValueError, naming file and id, for an invalid one."""
    entries: list[Procedure | Faq] = []
    for file in sorted(folder.rglob("*.yml")):
        for raw in read_yaml(file):
            try:
                entries.append(ENTRY.validate_python(raw))
            except ValueError as error:
                raise ValueError(f"{file.name}, {raw.get('id')}: {error}") from error
    return entries


def content_of(entry: Procedure | Faq) -> dict[str, Any]:
    """An entry as the JSON a revision holds."""
    content: dict[str, Any] = ENTRY.dump_python(entry, mode="json")
    return content


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of a revision's content, independent of the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sync(session: Session, entries: Iterable[Procedure | Faq], author: str = AUTHOR) -> Seeded:
    """Make the store hold `entries`. A live revision by anybody else than `author` stays as it is, and what staff took
    out of the answers stays out.
    """
    rows = {row.id: row for row in session.scalars(select(EntryRow))}
    live, out = _live_revisions(session), taken_out(session)
    counts = {"added": 0, "changed": 0, "kept": 0, "same": 0}
    for entry in entries:
        if entry.id in out:
            counts["kept"] += 1
        else:
            counts[_sync_one(session, entry, rows.get(entry.id), live.get(entry.id), author)] += 1
    return Seeded(**counts)


def live_entries(session: Session) -> list[Procedure | Faq]:
    """The live revision of every entry, in force or not, by id."""
    revisions = _live_revisions(session)
    return [ENTRY.validate_python(revisions[entry].content) for entry in sorted(revisions)]


def _live_revisions(session: Session) -> dict[str, RevisionRow]:
    query = select(RevisionRow).join(
        EntryRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.live == RevisionRow.number)
    )
    return {revision.entry_id: revision for revision in session.scalars(query)}


def taken_out(session: Session) -> set[str]:
    """Ids of the entries that answered once and do no more."""
    query = select(EntryRow.id).join(RevisionRow, RevisionRow.entry_id == EntryRow.id)
    return set(session.scalars(query.where(EntryRow.live.is_(None), RevisionRow.state == "retired")))


def _sync_one(
    session: Session, entry: Procedure | Faq, row: EntryRow | None, live: RevisionRow | None, author: str
) -> str:
    if live is not None and live.author != author and not _only_imported(live, entry):
        return "kept"
    if live is not None and live.content_hash == content_hash(content_of(entry)):
        return "same"
    put_revision(session, entry, row, live, author)
    return "changed" if live else "added"


def _only_imported(live: RevisionRow, entry: Procedure | Faq) -> bool:
    """Whether bare facts of an import stand where a written entry is now shipped."""
    bare = live.content.get("origin") == "import" and live.content.get("review") != "officer"
    return bare and isinstance(entry, Procedure) and entry.origin != "import"


def put_revision(
    session: Session, entry: Procedure | Faq, row: EntryRow | None, live: RevisionRow | None, author: str
) -> None:
    """Make `entry` the live revision of its row, which is added when there is none; the one before retires."""
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
