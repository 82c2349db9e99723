"""Hostile clients before a running pair; `make bench S=fuzz` sends hostile requests by the thousand."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from websockets.sync.client import connect

from tests.deploy.conftest import Pair
from tests.load.fuzz import HOSTILE

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_socket_that_says_anything_is_closed(pair: Pair) -> None:
    for frame in (*HOSTILE, json.dumps({"token": "x", "after": {}}), json.dumps([]), b"\xff\x00"):
        with connect(f"{pair.one.base.replace('http', 'ws')}/api/chat/stream") as stream:
            stream.send(frame.encode("utf-8", "replace") if isinstance(frame, str) else frame)
            with pytest.raises(Exception, match=r"4401|1009|1007|1008|1011|1000"):
                stream.recv(10)


def test_slow_clients_do_not_keep_others_waiting(pair: Pair) -> None:
    head = (
        b"POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    slow = [socket.create_connection(("127.0.0.1", pair.one.port)) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(head)
        assert pair.one.chat().say("Đăng ký khai sinh cần giấy tờ gì?")["status"] == "answered"
    finally:
        for connection in slow:
            with closing(connection):
                pass


def test_ten_thousand_conversations_are_opened(pair: Pair) -> None:
    def opened(_: int) -> str:
        return str(pair.one.http.post("/api/chat", json={}).json()["conversation_id"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(opened, range(10_000)))
    assert len(ids) == 10_000
    assert pair.one.chat().say("xin chào")["messages"]


def test_a_replayed_webhook_changes_nothing(pair: Pair) -> None:
    chat = pair.one.chat()
    chat.say("xin chào")
    first = chat.say("Đăng ký kết hôn cần giấy tờ gì?", "again")
    turns = len(chat.history())
    assert [chat.say("Đăng ký kết hôn cần giấy tờ gì?", "again")["turn_id"] for _ in range(20)] == [
        first["turn_id"]
    ] * 20
    assert len(chat.history()) == turns
