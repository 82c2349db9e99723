"""Importing the portal's records and publishing them, and what citizens notice of it.

`PORTAL_EXPORT` says where the portal export lies, which is not part of the repository.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.citizens import percentile
from benchmarks.messages import timed
from knowledge.entry import ENTRY
from knowledge.publish import Press
from knowledge.publishing import publish_apart
from knowledge.seeding import content_hash, content_of
from settings import get_settings
from store.engine import Database
from store.knowledge import LiveSnapshotRow, RevisionRow
from tests.running import Running

MESSAGES = 200
CHANGED = "1.001193"


def run() -> dict[str, Any]:
    """Seconds, milliseconds a message and megabytes, without the import and with it."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        seeded = Running(Path(folder))
        seeded.prepare()
        seeded.start()
        figures["without the import"] = _messages(seeded)
        seeded.stop()
    with tempfile.TemporaryDirectory() as folder:
        imported = Running(Path(folder))
        imported.prepare()
        portal = str(Path(os.environ["PORTAL_EXPORT"]).resolve())
        figures["import s"] = _seconds(lambda: imported.command("knowledge", "import", portal))
        figures["first publication s"] = _seconds(lambda: imported.command("knowledge", "publish"))
        imported.start()
        figures["with the import"] = _messages(imported)
        figures["one entry changed"] = _changed(imported)
        figures["one entry changed while a citizen asks"] = _changed_meanwhile(imported)
        figures["with the import, after it"] = _messages(imported)
        imported.stop()
    return figures


def _messages(motcua: Running) -> dict[str, float]:
    list(islice(timed(lambda: motcua.chat().say, 1), 40))
    spent = sorted(islice(timed(lambda: motcua.chat().say, 2), MESSAGES))
    resident = motcua.child("gateway").memory_info().rss / 1e6
    return {"p50 ms": round(percentile(spent, 0.5), 1), "p95 ms": round(percentile(spent, 0.95), 1),
            "gateway MB": round(resident)}  # fmt: skip


def _changed(motcua: Running) -> dict[str, float]:
    """Publish one changed entry as the console does."""
    database = Database(f"sqlite:///{motcua.var / 'motcua.db'}")
    press = Press.of(database, motcua.var, get_settings().encoder_path)
    revision = _reviewed(database)
    published = _seconds(lambda: publish_apart(press, "benchmark", revisions=[revision]))
    with database.read() as session:
        number = session.get_one(LiveSnapshotRow, 1).number
    switched = _seconds(lambda: motcua.wait(lambda ready: ready["knowledge"] == f"snapshot {number}"))
    database.close()
    return {"publication s": published, "until the gateway answers from it s": switched}


def _changed_meanwhile(motcua: Running) -> dict[str, float]:
    """The same while a citizen asks one question after another."""
    over = threading.Event()
    spent: list[float] = []

    def ask() -> None:
        for duration in timed(lambda: motcua.chat().say, 3):
            if over.is_set():
                return
            spent.append(duration)

    asking = threading.Thread(target=ask)
    asking.start()
    figures = _changed(motcua)
    over.set()
    asking.join()
    spent.sort()
    return figures | {"p50 ms": round(percentile(spent, 0.5), 1), "p95 ms": round(percentile(spent, 0.95), 1)}


def _reviewed(database: Database) -> int:
    """A revision of one entry with another summary, as it waits for its publisher; its id."""
    with database.write() as session:
        query = select(RevisionRow).filter_by(entry_id=CHANGED, state="published")
        live = session.scalars(query.order_by(RevisionRow.number.desc())).first()
        if live is None:
            raise LookupError(f"{CHANGED} is not published")
        entry = ENTRY.validate_python(live.content)
        content = content_of(entry.model_copy(update={"title": f"{entry.title} tại xã {live.number}"}))
        row = RevisionRow(entry_id=CHANGED, number=live.number + 1, state="review", author="benchmark", content=content)
        row.content_hash = content_hash(content)
        session.add(row)
        session.flush()
        return row.id


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round(time.perf_counter() - started, 1)
