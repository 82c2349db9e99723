"""Vectors kept on disk by the hash of their text, so that a publish encodes only what changed."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from knowledge.encoder import Encoder, Role, Vectors

_CHUNK = 256


class VectorCache:
    """An encoder whose vectors are remembered in the SQLite file `path`; safe to share between processes."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self.encoder, self.path = encoder, path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as db, db:
            db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")

    @property
    def folder(self) -> Path:
        """Where the file lies, and other things learned once may."""
        return self.path.parent

    def encode(self, role: Role, texts: Sequence[str]) -> Vectors:
        """Rows for `texts`, (n, dimension); what is not cached is encoded in chunks and kept at once."""
        keys = [self._key(role, text) for text in texts]
        with closing(self._open()) as db:
            known = self._known(db, set(keys))
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            todo = list(missing.items())
            for start in range(0, len(todo), _CHUNK):
                part = todo[start : start + _CHUNK]
                rows = self._rows(role, [text for _, text in part])
                fresh = {key: row.tobytes() for (key, _), row in zip(part, rows, strict=True)}
                with db:
                    db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", fresh.items())
                known |= fresh
        joined = b"".join(known[key] for key in keys)
        return np.frombuffer(joined, dtype=np.float32).reshape(len(keys), self.encoder.dimension).copy()

    def _rows(self, role: Role, texts: list[str]) -> Vectors:
        return self.encoder.encode_queries(texts) if role == "query" else self.encoder.encode_passages(texts)

    def _key(self, role: Role, text: str) -> bytes:
        return hashlib.sha256(f"{self.encoder.name}\0{role}\0{text}".encode()).digest()

    def _known(self, db: sqlite3.Connection, keys: set[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(db.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part))  # noqa: S608
        return found

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(os.fspath(self.path), timeout=30)
