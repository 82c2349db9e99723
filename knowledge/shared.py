"""Carries snapshots between replicas that do not share a disk: packed, in pieces, in the PostgreSQL they do share.

On SQLite all replicas are on one machine and read the same folder, so nothing is packed.
"""

from __future__ import annotations

import io
import secrets
import shutil
import tarfile
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.engine import Database
from store.knowledge import SnapshotPartRow

PART_BYTES = 4 << 20
_COMPRESSION = 1


def is_shared(database: Database) -> bool:
    """Whether replicas on other machines may use this database."""
    return database.engine.dialect.name == "postgresql"


def keep(session: Session, number: int, packed: bytes, forget_before: int) -> None:
    """Store a packed snapshot; those numbered below `forget_before` go."""
    session.execute(delete(SnapshotPartRow).where(SnapshotPartRow.number < forget_before))
    for part, start in enumerate(range(0, len(packed), PART_BYTES)):
        session.add(SnapshotPartRow(number=number, part=part, content=packed[start : start + PART_BYTES]))


def offer(database: Database, number: int, folder: Path) -> None:
    """Store a snapshot that is here and not yet stored, as after a move from SQLite."""
    if not is_shared(database):
        return
    with database.write() as session:
        if session.get(SnapshotPartRow, (number, 0)) is None:
            keep(session, number, pack(folder), 0)


def pack(folder: Path) -> bytes:
    """The files of a snapshot as one compressed archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=_COMPRESSION) as archive:
        archive.add(folder, arcname=".")
    return packed.getvalue()


def fetch(database: Database, number: int, folder: Path) -> bool:
    """Have the snapshot in `folder`, which appears complete or not at all; False when it is neither here nor stored."""
    if folder.is_dir():
        return True
    with database.read() as session:
        query = select(SnapshotPartRow.content).filter_by(number=number).order_by(SnapshotPartRow.part)
        parts = session.scalars(query).all()
    if not parts:
        return False
    half = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    with tarfile.open(fileobj=io.BytesIO(b"".join(parts)), mode="r:gz") as archive:
        archive.extractall(half, filter="data")
    try:
        half.rename(folder)
    except OSError:  # another thread or replica of this machine was first
        shutil.rmtree(half)
    return folder.is_dir()
