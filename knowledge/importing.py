"""Imports a file into the store: idempotent, resumable after a kill, never over what a person wrote.

The whole file is read and checked first, so a bad row changes nothing. Records are then committed in batches, each
with the cursor of its run in the same transaction; a run that was killed goes on behind the last committed batch.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from knowledge.differences import differences
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.province import ZONE
from knowledge.seeding import content_hash, content_of, put_revision, taken_out
from knowledge.sources.files import BadFile, read_rows
from knowledge.sources.portal import PortalRecord, read_record
from knowledge.sources.portal_entry import Imported, imported
from store.base import now
from store.engine import Database
from store.imports import ImportDifferenceRow, ImportedTextRow, ImportRunRow
from store.knowledge import EntryRow, RevisionRow

AUTHOR = "import"
BATCH = 100

Outcome = Literal["added", "changed", "same", "kept"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    counts: records by outcome: `added`, `changed`, `same`, `kept` (a written or reviewed entry stays). flags: texts
    that need a person, by flag. differences: open rows of `knowledge diff`. gone: earlier imports this file lacks.
    """

    name: str
    records: int
    counts: dict[str, int]
    flags: dict[str, int]
    differences: int
    gone: int


def import_file(
    database: Database,
    path: Path,
    progress: Progress = lambda _done, _all: None,
    *,
    collected: date | None = None,
) -> ImportReport:
    """Bring the records of `path` into the store. Raises BadFile, with nothing written, for a file that is wrong.

    collected: the day the file was taken from the portal; by default the day it was first imported.
    """
    records = read_records(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    _begin(database, digest, path.name, len(records))
    while True:
        with database.write() as session:
            run = session.get_one(ImportRunRow, digest, with_for_update=True)
            if run.cursor >= len(records):
                run.gone = _gone(session, {record.code for record in records})
                run.state, run.finished_at = "done", run.finished_at or now()
                break
            day = collected or run.started_at.astimezone(ZONE).date()
            _import_batch(session, run, records[run.cursor : run.cursor + BATCH], day)
            done = run.cursor
        progress(done, len(records))
    return report(database, digest)


def read_records(path: Path) -> list[PortalRecord]:
    """All records of a file, checked. Raises BadFile naming the first row that is wrong."""
    records: dict[str, PortalRecord] = {}
    rows: dict[str, int] = {}
    for row in read_rows(path):
        record = read_record(row)
        if record.code in records:
            raise BadFile(f"Dòng {row.number}: mã {record.code} đã có ở dòng {rows[record.code]}.")
        records[record.code], rows[record.code] = record, row.number
    if not records:
        raise BadFile(f"Tệp {path.name} không có bản ghi nào.")
    return [records[code] for code in sorted(records)]


def _begin(database: Database, digest: str, name: str, records: int) -> None:
    """A new run, the interrupted one of the same file, or a finished one from its start."""
    with database.write() as session:
        run = session.get(ImportRunRow, digest)
        if run is None:
            session.add(ImportRunRow(file_hash=digest, name=name[:255], records=records))
        elif run.state == "done":
            run.cursor, run.counts, run.state, run.finished_at = 0, {}, "running", None


def _gone(session: Session, codes: set[str]) -> list[str]:
    """Entries that an earlier file brought and this one lacks; they stay, and are reported."""
    return sorted(set(session.scalars(select(EntryRow.id).where(EntryRow.origin == "import"))) - codes)


def _import_batch(session: Session, run: ImportRunRow, batch: Sequence[PortalRecord], collected: date) -> None:
    ids = [record.code for record in batch]
    rows = {row.id: row for row in session.scalars(select(EntryRow).where(EntryRow.id.in_(ids)))}
    live = {
        revision.entry_id: revision
        for revision in session.scalars(select(RevisionRow).where(RevisionRow.entry_id.in_(ids)))
        if rows[revision.entry_id].live == revision.number
    }
    counts, out = Counter(run.counts), taken_out(session)
    for record in batch:
        if record.code in out:
            counts["kept"] += 1
            continue
        made = imported(record, collected)
        if not record.bare:
            _keep_texts(session, made)
        here = rows.get(record.code), live.get(record.code)
        counts[_import_one(session, made.entry, *here, bare=record.bare, digest=run.file_hash)] += 1
    run.counts = dict(counts)
    run.cursor += len(batch)


def _import_one(
    session: Session, made: Procedure, row: EntryRow | None, live: RevisionRow | None, *, bare: bool, digest: str
) -> Outcome:
    ours = ENTRY.validate_python(live.content) if live else None
    if live is not None and ours is not None and (_written(ours) or bare):
        _keep_differences(session, made, ours, digest)
        return "kept" if _written(ours) else "same"
    if live is not None and live.content_hash == content_hash(content_of(made)):
        return "same"
    put_revision(session, made, row, live, AUTHOR)
    return "changed" if live else "added"


def _written(entry: Procedure | Faq) -> bool:
    return entry.kind == "faq" or entry.origin != "import" or entry.review == "officer"


def _keep_texts(session: Session, made: Imported) -> None:
    session.execute(delete(ImportedTextRow).where(ImportedTextRow.entry_id == made.entry.id))
    session.add_all(
        ImportedTextRow(
            entry_id=made.entry.id, number=number, column=flag.column[:32], flag=flag.flag, text=flag.text
        )
        for number, flag in enumerate(made.flags)
    )  # fmt: skip


def _keep_differences(session: Session, made: Procedure, ours: Procedure | Faq, digest: str) -> None:
    """The rows to review; one that a person has settled opens again only when the imported value changes."""
    known = session.scalars(select(ImportDifferenceRow).where(ImportDifferenceRow.entry_id == made.id))
    rows = {row.field: row for row in known}
    found = differences(ours, made) if isinstance(ours, Procedure) else {}
    for name, (mine, theirs) in found.items():
        row = rows.pop(name, None)
        if row is None:
            row = ImportDifferenceRow(entry_id=made.id, field=name, theirs={}, ours={}, file_hash=digest)
            session.add(row)
        if row.theirs != {"value": theirs}:
            row.state, row.seen_at = "open", now()
        row.ours, row.theirs, row.file_hash = {"value": mine}, {"value": theirs}, digest
    for row in rows.values():
        session.delete(row)


def report(database: Database, digest: str) -> ImportReport:
    """What the run of a file did, counted in the store."""
    with database.read() as session:
        run = session.get_one(ImportRunRow, digest)
        flags = session.execute(select(ImportedTextRow.flag, func.count()).group_by(ImportedTextRow.flag))
        waiting = select(func.count()).where(ImportDifferenceRow.state == "open")
        return ImportReport(
            run.name, run.records, dict(run.counts), {row.flag: row[1] for row in flags},
            session.scalar(waiting) or 0, len(run.gone),
        )  # fmt: skip
