"""The whole of Motcua as a citizen meets it: both processes supervised, on free ports, in a folder of their own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from knowledge.snapshot import code_version
from tests.fakes.zalo_server import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 240.0
INTEGRATION_TOKEN = "token-of-the-tests-only"


def free_port() -> int:
    """A TCP port that nobody listens on now, below those which the kernel lends to outgoing connections, so that it is
    still free when its server starts later.
    """
    for port in random.SystemRandom().sample(range(15_000, 32_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("none of 100 TCP ports is free")


def _zalo_settings(base: str) -> dict[str, str]:
    return {
        "ZALO_APP_ID": APP_ID, "ZALO_APP_SECRET": APP_SECRET, "ZALO_OA_SECRET": OA_SECRET,
        "ZALO_REFRESH_TOKEN": FIRST_REFRESH, "ZALO_API_BASE": base, "ZALO_OAUTH_BASE": base,
    }  # fmt: skip


def _key_of_snapshot() -> str:
    """Changes when the entries, or the code and model that index them, change."""
    digest = hashlib.sha256(code_version().encode())
    for pattern in ("knowledge/seed/**/*", "knowledge/*.yml"):
        for file in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@dataclass
class Running:
    """A running Motcua.

    settings: environment variables beside the usual ones of the tests. owner: SQLAlchemy address of the database for
    who may change its tables, when that is another than DATABASE_URL. portal: the one foreign origin that may embed
    the chat; zalo: where Zalo is taken to be. Whoever wants them listens there.
    """

    var: Path
    settings: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.port, rasa, actions = free_port(), free_port(), free_port()
        self.portal = f"http://127.0.0.1:{free_port()}"
        self.zalo_port = free_port()
        self.environment = os.environ | {
            "PORT": str(self.port),
            "RASA_PORT": str(rasa),
            "ACTIONS_PORT": str(actions),
            "VAR_DIR": str(self.var),
            "RATE_LIMITS": "off",
            "ALLOWED_ORIGINS": self.portal,
            "INTEGRATION_TOKEN": INTEGRATION_TOKEN,
            **_zalo_settings(f"http://127.0.0.1:{self.zalo_port}"),
            "OMP_NUM_THREADS": "1",
            **self.settings,
        }
        self.base = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.base, timeout=30, trust_env=False)

    def prepare(self) -> None:
        """Migrate, seed and publish the first snapshot, or copy what an earlier run made of it.

        A database server gets what stands in SQLite by then, as when an operator moves.
        """
        self._prepare_files()
        if server := self.settings.get("DATABASE_URL"):
            files = self.environment | {"DATABASE_URL": ""}
            self.command("store", "move", self.owner or server, environment=files)
            self.command("knowledge", "publish", "--if-needed")

    def command(self, *arguments: str, environment: dict[str, str] | None = None) -> None:
        """Run ``python -m`` with the settings of this installation; raises when it fails."""
        environment = environment or self.environment
        subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=environment, check=True, timeout=900)

    def _prepare_files(self) -> None:
        made = ROOT / "models" / f"prepared-{_key_of_snapshot()}"
        if not made.is_dir():
            self._publish()
            half = made.with_name(f"{made.name}.{os.getpid()}")
            shutil.copytree(self.var, half)
            with contextlib.suppress(OSError):
                half.rename(made)
            shutil.rmtree(half, ignore_errors=True)
            return
        shutil.copytree(made, self.var, dirs_exist_ok=True)
        self.command("store", "upgrade", environment=self.environment | {"DATABASE_URL": ""})

    def _publish(self) -> None:
        files = self.environment | {"DATABASE_URL": ""}
        self.command("store", "upgrade", environment=files)
        self.command("knowledge", "publish", "--if-needed", environment=files)

    def start(self, *, dialogue: bool = True) -> None:
        """Start both processes and wait for the gateway, and for Rasa unless `dialogue` is False."""
        with (self.var / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "serve.py"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait(lambda ready: ready["dialogue"] == "ok" or not dialogue)

    def wait(self, good: Any = lambda ready: True, seconds: float = READY_SECONDS) -> None:
        """Wait until `/readyz` answers and satisfies `good`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                response = self.http.get("/readyz")
                if response.status_code == 200 and good(response.json()):
                    return
            except httpx.TransportError:
                pass
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise AssertionError(f"Motcua did not come up:\n{(self.var / 'serve.log').read_text()[-4000:]}")

    def stop(self) -> None:
        """Stop everything as Ctrl-C does, for good."""
        self.end()
        self.http.close()

    def end(self) -> None:
        """Stop both processes as Ctrl-C does; `start` brings them back at the same ports."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    def child(self, name: str) -> psutil.Process:
        """The process of the ``gateway`` or of ``rasa``."""
        mark = {"gateway": "app", "rasa": "bot.components.launch"}[name]
        assert self.process is not None
        return next(p for p in psutil.Process(self.process.pid).children() if mark in p.cmdline())

    def chat(self) -> Chat:
        """A citizen who has just opened the page."""
        return Chat(self)


@dataclass
class Chat:
    """One citizen's conversation over the chat API."""

    running: Running
    token: str | None = None
    last: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, message_id: str | None = None) -> dict[str, Any]:
        """Send a message; the reply as JSON."""
        body = {"text": text, "channel": "web", "client_message_id": message_id}
        response = self.running.http.post("/api/chat/messages", json=body, headers=self.headers)
        response.raise_for_status()
        self.last = response.json()
        self.token = self.last.get("token", self.token)
        return self.last

    @property
    def headers(self) -> dict[str, str]:
        """The authorization of this conversation."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def history(self) -> list[dict[str, Any]]:
        """The stored turns."""
        response = self.running.http.get("/api/chat/history", headers=self.headers)
        response.raise_for_status()
        turns: list[dict[str, Any]] = response.json()["turns"]
        return turns
