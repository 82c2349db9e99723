"""The guard before all public routes: sizes, slow bodies, overload, headers, and what is counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import Body, FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from bot import front
from bot.problems import install

JSON = {"Content-Type": "application/json"}
HEADERS = ("x-content-type-options", "referrer-policy", "content-security-policy", "cache-control")


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    install(made)

    @made.post("/api/chat/messages")
    async def chat(body: Any = Body()) -> dict[str, int]:
        return {"length": len(body["text"])}

    @made.get("/pages/{name}")
    async def page(name: str) -> HTMLResponse:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})

    @made.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    front.guard(made, "https://motcua.example")
    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(("path", "status"), [("/pages/a", 200), ("/nowhere", 404), ("/broken", 500)])
def test_every_answer_has_the_headers(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert [name for name in HEADERS if name not in answer.headers] == []
    assert answer.headers["strict-transport-security"].startswith("max-age=")


def test_a_page_keeps_its_own_policy(client: TestClient) -> None:
    assert client.get("/pages/a").headers["content-security-policy"] == "default-src 'self'"


def test_an_unexpected_error_tells_nothing(client: TestClient) -> None:
    answer = client.get("/broken")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Zero" not in answer.text


def test_a_body_that_says_it_is_too_long_is_not_read(client: TestClient) -> None:
    answer = client.post("/api/chat/messages", json={"text": "a" * 300_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_hides_its_length_is_cut_off(client: TestClient) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        yield b'{"text": "'
        for _ in range(1000):
            read += 1
            yield b"a" * 10_000

    assert client.post("/api/chat/messages", content=endless()).status_code == 413


async def test_a_body_that_does_not_come_is_given_up(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.05)

    async def slow() -> Any:
        yield b'{"text": '
        await asyncio.Event().wait()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.example") as http:
        answer = await http.post("/api/chat/messages", content=slow())
    assert answer.status_code == 408


async def test_overload_is_told_at_once_and_passes(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "CHAT_AT_ONCE", 2)
    go_on = asyncio.Event()

    async def waiting() -> Any:
        yield b'{"text": '
        await go_on.wait()
        yield b'"a"}'

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://motcua.example") as http:
        held = [asyncio.create_task(http.post("/api/chat/messages", content=waiting(), headers=JSON)) for _ in range(2)]
        await asyncio.sleep(0.05)
        busy = await http.post("/api/chat/messages", json={"text": "a"})
        other = await http.get("/pages/a")
        go_on.set()
        answered = await asyncio.gather(*held)
        after = await http.post("/api/chat/messages", json={"text": "a"})
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "3")
    assert other.status_code == 200
    assert [answer.status_code for answer in [*answered, after]] == [200, 200, 200]


def test_requests_are_counted_by_the_pattern_of_their_route(client: TestClient) -> None:
    client.get("/pages/0912345678")
    client.get("/0912345678")
    labels = {
        sample.labels["route"] for family in REGISTRY.collect() for sample in family.samples if "route" in sample.labels
    }
    assert {"/pages/{name}", "none"} <= labels
    assert not any("0912345678" in label for label in labels)
