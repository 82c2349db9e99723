"""How gateway and Rasa are started: what Rasa is told, and what nobody may see in the list of processes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from fastapi import FastAPI
from uvicorn import Config, Server

import serve
from settings import ROOT, Settings
from supervisor import OF_THE_SYSTEM, supervise


def settings(folder: Path, **values: object) -> Settings:
    return Settings(_env_file=None, var_dir=folder, **values)  # type: ignore[arg-type]


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[int]:
    server = Server(Config(app, port=0, log_level="error"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


def test_every_variable_of_the_endpoints_file_is_set(tmp_path: Path) -> None:
    used = re.findall(r": \$\{(\w+)\}$", (ROOT / "endpoints.yml").read_text(), re.MULTILINE)
    assert len(used) >= 5
    assert set(used) <= set(serve.rasa_environment(settings(tmp_path)))


async def test_rasa_gets_no_secret_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in a process started in Rasa's place, which prints what it got."""
    for name in ("SECRET_KEY", "INTEGRATION_TOKEN", "TWILIO_AUTH_TOKEN", "ZALO_APP_SECRET", "NAME_OF_A_LATER_SETTING"):
        monkeypatch.setenv(name, "a value out of the gateway's own environment")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    given = serve.rasa(settings(tmp_path))
    program = "import json, os, time; print(json.dumps(dict(os.environ)), flush=True); time.sleep(60)"
    stub = replace(given, command=(sys.executable, "-c", program), ailment=None)
    stop = asyncio.Event()
    running = asyncio.create_task(supervise([stub], stop))
    async with asyncio.timeout(20):
        while not (given.log.exists() and "{" in given.log.read_text()):
            await asyncio.sleep(0.02)
    stop.set()
    await running
    got = json.loads(next(line for line in given.log.read_text().splitlines() if line.startswith("{")))
    assert got["LC_ALL"] == "C.UTF-8"
    assert got["RASA_TOKEN"] == given.environment["RASA_TOKEN"]
    of_the_system = {name for name in got if any(fnmatchcase(name, pattern) for pattern in OF_THE_SYSTEM)}
    assert set(got) == set(given.environment) | of_the_system


async def test_serving_without_a_key_in_common_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = settings(tmp_path, database_url="postgresql+psycopg://db/motcua")
    monkeypatch.setattr(serve, "get_settings", lambda: shared)
    with pytest.raises(SystemExit):
        await serve.main()
    assert "SECRET_KEY" in capsys.readouterr().out


def test_one_replica_needs_no_server(tmp_path: Path) -> None:
    told = serve.rasa_environment(settings(tmp_path))
    assert told["TRACKER_URL"] == f"sqlite:///{tmp_path}/trackers.db"
    assert told["LOCK_STORE"] == "in_memory"
    assert told["RASA_TELEMETRY_ENABLED"] == "false"
    assert told["SANIC_WORKERS"] == "1"


def test_replicas_share_postgresql_and_redis(tmp_path: Path) -> None:
    shared = settings(
        tmp_path,
        database_url="postgresql+psycopg://motcua:p%40ss@db:5433/motcua",
        redis_url="rediss://user:word@cache:6380/3",
        secret_key="k" * 32,
    )
    told = serve.rasa_environment(shared)
    assert told["TRACKER_DIALECT"] == "postgresql"
    assert told["TRACKER_URL"] == "postgresql+psycopg2://motcua:p%40ss@db:5433/motcua"
    names = ("LOCK_STORE", "REDIS_HOST", "REDIS_PORT", "REDIS_DB", "REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_SSL")
    assert [told[name] for name in names] == ["redis", "cache", "6380", "3", "user", "word", "yes"]


def test_rasa_listens_on_loopback_and_its_token_is_no_argument(tmp_path: Path) -> None:
    child = serve.rasa(settings(tmp_path))
    command = " ".join(child.command)
    assert "--interface 127.0.0.1" in command
    assert child.environment["RASA_TOKEN"] not in command


def test_what_the_gateway_prints_for_the_terminal_is_not_written_down(tmp_path: Path) -> None:
    assert not serve.gateway(settings(tmp_path)).log_output


async def test_addresses_are_said_when_the_gateway_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = FastAPI()
    app.add_api_route("/healthz", lambda: "alive")
    app.add_api_route("/", lambda: "Hello from Rasa")
    async with listening(app) as port:
        await serve.announce(settings(tmp_path, port=port, rasa_port=port, public_base_url="https://hoi.example.vn"))
    said = capsys.readouterr().out
    for path in ("/", "/call", "/console"):
        assert re.search(rf"https://hoi\.example\.vn{path}\n", said)
    assert "Rasa is in after" in said


async def test_silence_counts_only_after_the_first_answer(tmp_path: Path) -> None:
    pid = os.getpid()
    app = FastAPI()
    app.add_api_route("/", lambda: "Hello from Rasa")
    async with listening(app) as port:
        ailment = serve.RasaAilment(settings(tmp_path, rasa_port=port, rasa_memory_mb=100_000))
        loading = serve.RasaAilment(settings(tmp_path, rasa_port=1, rasa_memory_mb=100_000))
        assert await ailment(pid) is None
    found = [await ailment(pid) for _ in range(serve.SILENT_PROBES)]
    assert found == [None] * (serve.SILENT_PROBES - 1) + ["did not answer 6 times in a row"]
    assert [await loading(pid) for _ in range(serve.SILENT_PROBES)] == [None] * serve.SILENT_PROBES


async def test_too_much_memory_is_a_reason(tmp_path: Path) -> None:
    ailment = serve.RasaAilment(settings(tmp_path, rasa_port=1, rasa_memory_mb=10))
    assert await ailment(os.getpid()) == "holds more than 10 MB"
