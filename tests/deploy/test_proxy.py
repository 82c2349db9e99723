"""The shipped proxy before two replicas: what it passes on and keeps out, and an update that nobody notices."""

from __future__ import annotations

import json
import os
import secrets
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.deploy.conftest import Pair
from tests.deploy.proxy import Proxy, proxy
from tests.running import ROOT

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]
PATIENCE = 60.0
QUESTION = "Đăng ký khai sinh cần giấy tờ gì?"


@pytest.fixture(scope="module")
def front(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy(tmp_path_factory.mktemp("nginx"), (pair.one.port, pair.two.port)) as made:
        yield made


@pytest.fixture
def citizen(front: Proxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=front.base, verify=front.trust(), timeout=PATIENCE, trust_env=False) as http:
        yield http


def ask(http: httpx.Client, token: str | None, text: str, id_: str | None = None) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = http.post("/api/chat/messages", json={"text": text, "client_message_id": id_}, headers=headers)
    answer.raise_for_status()
    reply: dict[str, object] = answer.json()
    return reply


def test_plain_http_is_sent_to_https(front: Proxy) -> None:
    answer = httpx.get(f"http://127.0.0.1:{front.plain_port}/console", trust_env=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "https://127.0.0.1/console")


def test_a_call_from_the_page_stays_with_the_replica_that_began_it(citizen: httpx.Client) -> None:
    for _ in range(4):
        begun = citizen.post("/call/begin", json={}).raise_for_status().json()
        for key in "119":
            citizen.post("/call/act", json={"call": begun["call"], "press": key}).raise_for_status()


def test_a_conversation_goes_through_it(citizen: httpx.Client) -> None:
    first = ask(citizen, None, QUESTION)
    assert first["status"] == "answered"
    assert ask(citizen, str(first["token"]), "thế lệ phí bao nhiêu?")["status"] == "answered"


def test_news_come_through_it(front: Proxy, citizen: httpx.Client) -> None:
    token = str(ask(citizen, None, "xin chào")["token"])
    address = f"wss://localhost:{front.port}/api/chat/stream"
    with connect(address, ssl=front.trust(), open_timeout=PATIENCE) as socket:
        socket.send(json.dumps({"token": token, "after": None}))
        seen = {json.loads(socket.recv(PATIENCE))["type"]}
        ask(citizen, token, QUESTION)
        seen.add(json.loads(socket.recv(PATIENCE))["type"])
    assert "reply" in seen


def test_too_much_is_refused_before_it_reaches_a_replica(citizen: httpx.Client) -> None:
    assert citizen.post("/api/chat/messages", content=b"a" * 5_000_000).status_code == 413


@pytest.mark.parametrize("path", ["/metrics", "/webhook", "/webhooks/rest/webhook", "/docs"])
def test_nothing_of_the_inside_comes_out(citizen: httpx.Client, path: str) -> None:
    assert citizen.get(path).status_code == 404


def test_a_flood_from_one_address_is_told_to_slow_down(citizen: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = {answer.status_code for answer in pool.map(lambda _: citizen.get("/healthz"), range(300))}
    assert statuses <= {200, 429}
    assert 200 in statuses
    time.sleep(0.9)


def test_an_update_of_both_replicas_drops_no_message(pair: Pair, citizen: httpx.Client, tmp_path: Path) -> None:
    opened = [ask(citizen, None, "xin chào") for _ in range(3)]
    over = threading.Event()

    def chat(token: str) -> list[str]:
        statuses = []
        while not over.is_set():
            statuses.append(str(ask(citizen, token, QUESTION, secrets.token_hex(8))["status"]))
            over.wait(0.3)
        return statuses

    with ThreadPoolExecutor(len(opened)) as pool:
        chats: list[Future[list[str]]] = [pool.submit(chat, str(reply["token"])) for reply in opened]
        try:
            update(pair, tmp_path)
        finally:
            over.set()
    said = [status for one in chats for status in one.result()]
    assert len(said) > 10
    assert set(said) == {"answered"}


def update(pair: Pair, folder: Path) -> None:
    """Run the shipped script; what restarts a replica here is asked for by a file."""
    restart = folder / "restart"
    restart.write_text(
        f'#!{sys.executable}\nimport pathlib, sys, time\np = pathlib.Path("{folder}") / sys.argv[1]\np.touch()\n'
        "while p.exists():\n    time.sleep(0.1)\n"
    )
    restart.chmod(stat.S_IRWXU)
    environment = os.environ | {"RESTART": f"{restart} ", "PYTHON": sys.executable, "PATIENCE": "400"}
    replicas = {str(replica.port): replica for replica in (pair.one, pair.two)}
    running = subprocess.Popen(["sh", "deploy/rolling-update", *replicas], cwd=ROOT, env=environment)
    while running.poll() is None:
        for port, replica in replicas.items():
            if (folder / port).exists():
                replica.end()
                replica.start(dialogue=False)
                (folder / port).unlink()
        time.sleep(0.1)
    assert running.returncode == 0
