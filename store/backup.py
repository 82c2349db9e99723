"""Backs a database up into one file and restores it from there, on SQLite and on PostgreSQL.

A backup is a tar archive: a manifest with the number of rows of every table, and the data (``motcua.db`` and
``trackers.db``, or what ``pg_dump`` wrote). Rows are counted on the very state that is dumped, so a restore can tell
that nothing is missing. SECRET_KEY is not in it and is kept elsewhere: without it sealed values cannot be opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, make_url, select, text

from store.engine import Database
from store.tables import all_tables

PREFIX = "motcua-"
_MANIFEST, _DUMP = "manifest.json", "postgresql.dump"
_POSTGRES = "/usr/lib/postgresql"


class BackupError(Exception):
    """The backup cannot be made or restored; the message says why."""


def back_up(database: str, trackers: str, folder: Path, at: datetime) -> Path:
    """Write a backup into `folder` and give its path; a file of that name is complete. Raises BackupError.

    database, trackers: SQLAlchemy URLs. On PostgreSQL the trackers are tables of the same database.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as held:
        parts = Path(held)
        files = _files_of(database, trackers)
        counts = _copy_files(files, parts) if files else _dump(database, parts)
        manifest = {"at": at.isoformat(), "rows": counts, "sha256": {p.name: _digest(p) for p in parts.iterdir()}}
        (parts / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        made = folder / f"{PREFIX}{at:%Y%m%dT%H%M%SZ}.tar"
        half = folder / f".{made.name}"
        with half.open("wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            for part in sorted(parts.iterdir()):
                archive.add(part, arcname=part.name)
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        half.chmod(0o600)
        half.rename(made)
    return made


def restore(file: Path, database: str, trackers: str) -> dict[str, int]:
    """Put a backup in the place of what the database holds; the number of rows of each table. Raises BackupError.

    Nothing may be running on the database meanwhile. A backup that is damaged, or that does not give all the rows its
    manifest names, is refused.
    """
    with tempfile.TemporaryDirectory() as held:
        parts = Path(held)
        with tarfile.open(file) as archive:
            archive.extractall(parts, filter="data")
        manifest = json.loads((parts / _MANIFEST).read_text(encoding="utf-8"))
        for name, digest in manifest["sha256"].items():
            if _digest(parts / name) != digest:
                raise BackupError(f"{name} is damaged")
        files = _files_of(database, trackers)
        if (parts / _DUMP).exists() == bool(files):
            raise BackupError("the backup is of another engine than DATABASE_URL")
        if files:
            for path in files:
                _put_back(parts / path.name, path)
        else:
            _load(database, parts / _DUMP)
    found = _counted(database)
    short = {name: rows for name, rows in manifest["rows"].items() if found.get(name) != rows}
    if short:
        raise BackupError(f"rows are missing or too many: {short}, found {found}")
    return found


def forget_old(folder: Path, days: int, at: datetime) -> list[str]:
    """Delete backups older than so many days, but never the newest; their names. What was erased must end here too."""
    backups = sorted(folder.glob(f"{PREFIX}*.tar"))
    oldest = f"{PREFIX}{at - timedelta(days=days):%Y%m%dT%H%M%SZ}.tar"
    old = [path for path in backups[:-1] if path.name < oldest]
    for path in old:
        path.unlink()
    return [path.name for path in old]


def _files_of(database: str, trackers: str) -> list[Path]:
    urls = (make_url(database), make_url(trackers))
    return [Path(url.database) for url in urls if url.get_backend_name() == "sqlite" and url.database]


def _copy_files(files: list[Path], parts: Path) -> dict[str, int]:
    for path in files:
        if path.exists():
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(parts / path.name)) as target:
                source.backup(target)
    return _counted(f"sqlite:///{parts / files[0].name}")


def _put_back(part: Path, path: Path) -> None:
    for leftover in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        leftover.unlink(missing_ok=True)
    if part.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(part, path)
        path.chmod(0o600)


def _dump(database: str, parts: Path) -> dict[str, int]:
    opened = Database(database)
    with opened.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        counts = _rows(connection)
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        _program("pg_dump", database, "--format=custom", f"--snapshot={snapshot}", f"--file={parts / _DUMP}")
    opened.close()
    return counts


def _load(database: str, dump: Path) -> None:
    _program(
        "pg_restore", database, "--clean", "--if-exists", "--exit-on-error", "--single-transaction", str(dump),
    )  # fmt: skip


def _program(name: str, database: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, where other users cannot see it."""
    url = make_url(database).set(drivername="postgresql")
    environment = os.environ | {"PGPASSWORD": url.password or ""}
    address = url.set(password=None).render_as_string()
    found = shutil.which(name) or next(iter(sorted(Path(_POSTGRES).glob(f"*/bin/{name}"), reverse=True)), name)
    try:
        subprocess.run(
            [str(found), f"--dbname={address}", *arguments], env=environment, check=True, capture_output=True
        )
    except FileNotFoundError:
        raise BackupError(f"{name} is not installed: apt-get install postgresql-client") from None
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{name} failed: {error.stderr.decode(errors='replace')[-500:]}") from None


def _counted(database: str) -> dict[str, int]:
    opened = Database(database)
    with opened.engine.connect() as connection:
        counts = _rows(connection)
    opened.close()
    return counts


def _rows(connection: Connection) -> dict[str, int]:
    present: Any = connection.dialect.get_table_names(connection)
    tables = [table for table in all_tables().sorted_tables if table.name in present]
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
