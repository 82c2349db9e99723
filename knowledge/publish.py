"""Publishing: valid entries → a new immutable snapshot → the regression gate → one switch that every replica follows.

A publication that fails or is interrupted leaves the old snapshot serving.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge import shared
from knowledge.building import Progress, build, extend
from knowledge.encoder import load_encoder
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.gate import Broken, regressions
from knowledge.snapshot import Snapshot, SnapshotMismatchError, content_hash, entries_hash, load_documents, valid_on
from knowledge.snapshot import load as load_snapshot
from knowledge.snapshot import save as save_snapshot
from knowledge.vector_cache import VectorCache
from settings import get_settings, vectors_file
from store.base import now
from store.engine import Database
from store.knowledge import EntryRow, LiveSnapshotRow, RevisionRow, SnapshotRow

KEEP = 5
CHANGED = "changed since learned"
"""In the report of a snapshot: how many entries."""
BROKEN = "broken questions"
"""In the report of a snapshot that the gate refused: each `Broken`."""
REFUSED = "refused"
"""In the report of a refused snapshot: the hash of its entries."""
HELD = "held"
"""In the report of a snapshot: it was built of other entries than those in force, which stay held back."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class PublicationRefusedError(Exception):
    """The new snapshot would answer known questions worse; `broken` names them."""

    def __init__(self, broken: Sequence[Broken]) -> None:
        super().__init__("\n".join(str(b) for b in broken))
        self.broken = tuple(broken)


@dataclass(frozen=True, slots=True)
class Published:
    """The snapshot that is live now. built: whether this call made it. report: what the gate and the fit found.

    held: whether a rollback or a refusal keeps it live though other entries are in force (`knowledge.unattended`).
    """

    number: int
    entries: int
    built: bool
    held: bool = False
    report: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What a publication changes in its own transaction. revisions: ids of each `RevisionRow` that goes live. removed:
    ids of entries whose revisions all retire.
    """

    revisions: Sequence[int] = ()
    removed: Sequence[str] = ()


NO_CHANGE = Change()


@dataclass(frozen=True, slots=True)
class Press:
    """Where snapshots are made. folder: of all snapshots. cache: of passage vectors.

    workers: processes that share the work; more than one only in a process without threads.
    """

    database: Database
    folder: Path
    cache: VectorCache
    workers: int = 1

    @classmethod
    def of(cls, database: Database, var: Path, encoder: str, workers: int = 1) -> Press:
        """The press of a replica whose changing files lie in `var`."""
        return cls(database, var / "snapshots", VectorCache(load_encoder(encoder), vectors_file(var)), workers)


def valid_entries(
    session: Session, on: date, joining: Sequence[RevisionRow] = (), leaving: Collection[str] = ()
) -> list[Procedure | Faq]:
    """What is in force on a day, by id: of each live entry its newest published revision that is in force.

    joining: revisions that are about to be published, counted in. leaving: ids of entries that are about to be taken
    out, left out.
    """
    query = (
        select(RevisionRow)
        .join(EntryRow, EntryRow.id == RevisionRow.entry_id)
        .where(RevisionRow.state == "published", EntryRow.live.is_not(None))
        .order_by(RevisionRow.entry_id, RevisionRow.number)
    )
    rows = [*session.scalars(query), *joining]
    in_force = {entry.id: entry for entry in valid_on([ENTRY.validate_python(row.content) for row in rows], on)}
    return [in_force[id_] for id_ in sorted(in_force) if id_ not in leaving]


def _in_force(session: Session, today: date, change: Change) -> list[list[Procedure | Faq]]:
    """What is in force after a change: today, and on each later day that one of its revisions starts."""
    joining = [session.get_one(RevisionRow, id_) for id_ in change.revisions]
    starts = {row.valid_from for row in joining if row.valid_from is not None and row.valid_from > today}
    return [valid_entries(session, day, joining, change.removed) for day in (today, *sorted(starts))]


def publish(
    press: Press,
    by: str,
    *,
    gate: bool = True,
    learn: bool = False,
    at: datetime | None = None,
    change: Change = NO_CHANGE,
    instead: Sequence[Procedure | Faq] | None = None,
    progress: Progress = lambda step: None,
) -> Published:
    """Build a snapshot of what is in force at `at` (now) and make it live.

    gate: refuse when known questions would break, today or on the day that a revision of `change` starts. learn: learn
    anew even when few entries changed since that was done. instead: entries that are published in place of what is in
    force, which stays held back. Raises `PublicationRefusedError` and, when another publication went live in the
    meantime, LookupError; the old snapshot then stays live.
    """
    today = (at or now()).astimezone(ZONE).date()
    with press.database.read() as session:
        entries, *later = _in_force(session, today, change) if instead is None else [list(instead)]
        live = live_row(session)
    digest = content_hash(entries, press.cache.encoder)
    with press.database.write() as session:
        row = SnapshotRow(state="building", content_hash=digest, built_by=by, entries=len(entries), report={})
        session.add(row)
        session.flush()
        number = row.number
    previous = comparable(press, live.number) if live is not None else None

    def made(of: Sequence[Procedure | Faq]) -> Snapshot:
        kept = None if previous is None or learn else _extended(press, previous, of, number, progress)
        return kept or build(of, number, press.cache, progress, press.workers)

    snapshot = made(entries)
    progress("asking every known question")
    tested = (snapshot, *map(made, later)) if gate else ()
    broken = dict.fromkeys(one for new in tested for one in regressions(new, previous, press.cache, press.workers))
    if broken:
        _finish(press, number, "failed", {BROKEN: [asdict(one) for one in broken], REFUSED: entries_hash(entries)})
        raise PublicationRefusedError(list(broken))
    save_snapshot(snapshot, press.folder / str(number))
    packed = shared.pack(press.folder / str(number)) if shared.is_shared(press.database) else b""
    fitted = snapshot.retriever.decision.report if snapshot.retriever.decision else {}
    report = fitted | {CHANGED: float(snapshot.changed)} | ({} if instead is None else {HELD: 1.0})

    def first(session: Session) -> None:
        present = live_row(session)
        if (present.number if present else None) != (live.number if live else None):
            raise LookupError("another publication went live in the meantime")
        for id_ in change.revisions:
            _put_live(session, session.get_one(RevisionRow, id_), by, today)
        for entry_id in change.removed:
            _take_out(session, entry_id)
        shared.keep(session, number, packed, number - KEEP)

    switch(press.database, number, by, report, first)
    _forget_old(press, number)
    return Published(number, len(entries), built=True, report=report)


def live_row(session: Session) -> SnapshotRow | None:
    """The snapshot that every replica follows; None before the first publication."""
    pointer = session.get(LiveSnapshotRow, 1)
    return session.get(SnapshotRow, pointer.number) if pointer else None


def switch(
    database: Database,
    number: int,
    by: str,
    report: dict[str, float] | None = None,
    first: Callable[[Session], None] = lambda session: None,
) -> None:
    """Make a finished snapshot live, in one transaction with `first`. LookupError when there is none of that number."""
    with database.write() as session:
        first(session)
        row = session.get(SnapshotRow, number)
        if row is None or row.state == "failed":
            raise LookupError(f"snapshot {number} cannot go live")
        row.state = "ready"
        if report is not None:
            row.report = dict(report)
        pointer = session.get(LiveSnapshotRow, 1)
        if pointer is None:
            session.add(LiveSnapshotRow(id=1, number=number, switched_by=by))
        else:
            pointer.number, pointer.switched_by, pointer.switched_at = number, by, now()


def _put_live(session: Session, revision: RevisionRow, by: str, today: date) -> None:
    """Publish a revision. The earlier ones retire, unless it starts later and they answer until then."""
    if revision.valid_from is None or revision.valid_from <= today:
        _retire(session, revision.entry_id)
    revision.state, revision.reviewer = "published", by
    session.get_one(EntryRow, revision.entry_id).live = revision.number


def _take_out(session: Session, entry_id: str) -> None:
    """Answer no more with an entry, neither today nor on a day to come; each of its revisions can be restored."""
    _retire(session, entry_id)
    session.get_one(EntryRow, entry_id).live = None


def _retire(session: Session, entry_id: str) -> None:
    published = update(RevisionRow).where(RevisionRow.entry_id == entry_id, RevisionRow.state == "published")
    session.execute(published.values(state="retired"))


def rollback(press: Press, by: str) -> int:
    """Make the newest ready snapshot before the live one that this program can use live again; its number.

    LookupError when there is none.
    """
    with press.database.read() as session:
        live = live_row(session)
        before = select(SnapshotRow.number).where(SnapshotRow.state == "ready").order_by(SnapshotRow.number.desc())
        numbers = [n for n in session.scalars(before) if live is not None and n < live.number]
    for number in numbers:
        if here(press, number) and comparable(press, number):
            switch(press.database, number, by)
            return number
    raise LookupError("no earlier snapshot is kept")


def here(press: Press, number: int) -> bool:
    """Whether the files of a snapshot are here, fetched from the replica that built it when they were not."""
    return shared.fetch(press.database, number, press.folder / str(number))


def load(press: Press, number: int) -> Snapshot:
    """A finished snapshot from its folder. FileNotFoundError when it is not here and was not shared."""
    here(press, number)
    return load_snapshot(press.folder / str(number), press.cache.encoder)


def comparable(press: Press, number: int) -> Snapshot | None:
    """A finished snapshot, to compare with or to go live; None when it is of another encoder or other features."""
    try:
        return load(press, number)
    except SnapshotMismatchError:
        return None


def _extended(
    press: Press, previous: Snapshot, entries: Sequence[Procedure | Faq], number: int, progress: Progress
) -> Snapshot | None:
    documents = load_documents(press.folder / str(previous.number))
    return extend(previous, documents, entries, number, press.cache, progress)


def _finish(press: Press, number: int, state: str, report: dict[str, Any]) -> None:
    with press.database.write() as session:
        row = session.get_one(SnapshotRow, number)
        row.state, row.report = state, dict(report)


def _forget_old(press: Press, live: int) -> None:
    finished = sorted(int(folder.name) for folder in press.folder.iterdir() if folder.name.isdigit())
    for number in [n for n in finished if n < live][: -KEEP or None]:
        shutil.rmtree(press.folder / str(number), ignore_errors=True)


class LiveSnapshot:
    """Follows the pointer in the store; `current` is swapped whole, so a reader never sees half of one."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._current: Snapshot | None = None

    @property
    def number(self) -> int:
        """The number of the loaded snapshot; 0 when none is."""
        return self._current.number if self._current else 0

    @property
    def current(self) -> Snapshot:
        """The loaded snapshot. LookupError when none was published."""
        if self._current is None:
            raise LookupError("no snapshot is published")
        return self._current

    def refresh(self) -> bool:
        """Load the live snapshot when it is another than the loaded one; whether it was."""
        with self._press.database.read() as session:
            row = live_row(session)
        if row is None or row.number == self.number:
            return False
        self._current = load(self._press, row.number)
        _forget_old(self._press, row.number)
        return True


def open_live() -> Snapshot:
    """The live snapshot of this installation, by its settings. LookupError when none was published."""
    settings = get_settings()
    press = Press.of(Database(settings.database), settings.var, settings.encoder_path)
    live = LiveSnapshot(press)
    live.refresh()
    return live.current
