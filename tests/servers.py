"""Real PostgreSQL and Redis servers, each in a folder of its own on a free port, under an account that is not root."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
import psycopg.sql

from tests.running import free_port

_START_SECONDS = 60.0
_OWNER = "motcua"


class Server:
    """A database server for tests; SIGKILL and a fresh start leave its data where they are."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="motcua-server-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._account = _account()
        if self._account:
            shutil.chown(self.folder, self._account)

    def command(self) -> list[str]:
        """How the server is started."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether the server takes work."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server and wait until it takes work."""
        self.process = self.spawn(self.command())
        until = time.monotonic() + _START_SECONDS
        while not self.ready():
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError(f"no server:\n{self._log.read_text()[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the server and all its processes."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the server, and SIGKILL to what it leaves behind."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if number == signal.SIGKILL else os.kill)(self.process.pid, number)
        self.process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None

    def spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a program under the account of the server, in its folder."""
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, user=self._account,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )  # fmt: skip

    def run(self, *command: str) -> None:
        """Run a program to its end; raises when it fails."""
        if self.spawn(command).wait(120):
            raise AssertionError(f"{command[0]} failed:\n{self._log.read_text()[-3000:]}")

    @property
    def _log(self) -> Path:
        return self.folder.with_suffix(".log")

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._log.unlink(missing_ok=True)


class Postgres(Server):
    """A cluster of its own; everybody on this machine is trusted."""

    def command(self) -> list[str]:
        """The server on loopback, without a socket file; made first when there is none."""
        data = self.folder / "data"
        if not data.exists():
            self.run(
                postgres_program("initdb"), "-D", str(data), "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"
            )
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [postgres_program("postgres"), "-D", str(data), "-p", str(self.port), *settings]

    def ready(self) -> bool:
        """Whether it takes connections."""
        try:
            with psycopg.connect(self.address("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def address(self, database: str, user: str = _OWNER) -> str:
        """The address of a database for libpq and its programs."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def url(self, database: str, user: str = _OWNER) -> str:
        """The SQLAlchemy address of a database."""
        return self.address(database, user).replace("postgresql:", "postgresql+psycopg:", 1)

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, by default an empty one; its SQLAlchemy address."""
        self.execute("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is connected to it."""
        self.execute("DROP DATABASE {} WITH (FORCE)", database)

    def script(self, database: str, file: Path) -> None:
        """Run a file of statements as an administrator, as psql does."""
        command = [postgres_program("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-f", str(file), self.address(database)]
        subprocess.run(command, check=True, timeout=60)

    def execute(self, statement: str, *names: str) -> None:
        """Run one statement of an administrator; each ``{}`` is a name."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL(statement).format(*map(psycopg.sql.Identifier, names)))  # type: ignore[arg-type]


class Redis(Server):
    """A Redis that keeps an append-only file, as ours in production does."""

    def command(self) -> list[str]:
        """The server on loopback."""
        return [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
            "--appendonly", "yes", "--save", "",
        ]  # fmt: skip

    def ready(self) -> bool:
        """Whether it answers a ping."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def names_seen(self, seconds: float, during: Callable[[], object]) -> str:
        """What clients ask of it while something is done."""
        with socket.create_connection(("127.0.0.1", self.port), seconds) as connection:
            connection.sendall(b"MONITOR\r\n")
            connection.recv(16)
            during()
            return connection.recv(1 << 20).decode("utf-8", "replace")

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"


def postgres_program(name: str) -> str:
    """The path of a program of PostgreSQL, which Debian keeps off the search path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(found[-1]) if found else str(shutil.which(name))


def _account() -> str | None:
    """The account that servers run under when we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def temporary_database(server: Postgres, template: str = "template1") -> Iterator[str]:
    """The SQLAlchemy address of a database that is dropped afterwards."""
    name = f"t_{os.getpid()}_{time.monotonic_ns()}"
    yield server.create(name, template)
    server.drop(name)
