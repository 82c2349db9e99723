"""The database: SQLite files by default, PostgreSQL by `DATABASE_URL`; the same code on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

READ_ONLY = "motcua_read_only"
SERVER_LINK = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How libpq notices that the network to PostgreSQL is gone: seconds, and milliseconds for what is not acknowledged
(https://www.postgresql.org/docs/current/libpq-connect.html).
"""


class Database:
    """An engine and its two kinds of transaction.

    url: an SQLAlchemy URL; ``sqlite:///path`` or ``postgresql+psycopg://…``.
    """

    def __init__(self, url: str) -> None:
        self.engine = _sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _server(url)
        self._writer: AbstractContextManager[Any] = Lock() if self.engine.name == "sqlite" else nullcontext()
        self._reading = self.engine.execution_options(**{READ_ONLY: True})

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that commits at the end, or rolls back on any error. On SQLite the threads of a process wait
        for one another here, so that none starves while others ask the file again and again.
        """
        with self._writer, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent reading transaction; what it loads stays usable afterwards."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give all connections back to the operating system; those in use follow when their transaction ends."""
        event.listen(self.engine.pool, "checkin", lambda connection, record: record.invalidate())
        self.engine.dispose()


def _server(url: str) -> Engine:
    return create_engine(
        url, hide_parameters=True, connect_args=SERVER_LINK,
        pool_size=10, max_overflow=20, pool_pre_ping=True, pool_recycle=1800,
    )  # fmt: skip


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READ_ONLY)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
