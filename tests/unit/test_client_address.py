"""Which requests count as one address, in the budgets of look-ups and in rate limits."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import cast

import httpx
import pytest
from fastapi import FastAPI

from actions.dossier_budget import Allowed, Budgets, reserve
from bot.channels.web import api
from bot.client_address import client_fingerprint, grouped
from bot.conversation import Conversation
from bot.limits import Limit, RateLimiter
from bot.problems import install
from store.crypto import Vault
from store.engine import Database
from tests.voice.telephone import FakeConversation

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::ffff:cb00:7109", "203.0.113.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_an_address_counts_as(host: str, address: str) -> None:
    assert grouped(host) == address


def hosts_of_one_network(count: int) -> list[str]:
    dice = random.Random(64)
    return [f"2001:db8:1:2:{dice.getrandbits(16):x}:{dice.getrandbits(16):x}:0:{n:x}" for n in range(count)]


def test_a_thousand_addresses_of_one_network_get_the_tries_of_one(database: Database, vault: Vault) -> None:
    budgets, allowed = Budgets(), 0
    with database.write() as session:
        for n, host in enumerate(hosts_of_one_network(1_000)):
            client = client_fingerprint(vault, grouped(host))
            allowed += isinstance(reserve(session, budgets, f"c{n}", client, f"k{n}", AT), Allowed)
    assert allowed == budgets.most_tries(conversations=1_000, addresses=1) == budgets.address_day


async def test_the_chat_counts_a_network_as_one(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its messages carry one client, and its new conversations are limited together."""
    monkeypatch.setattr(api, "NEW_CONVERSATIONS", Limit(10, 3600))
    conversation, app = FakeConversation(), FastAPI()
    install(app)
    chat = api.ChatApi(database, vault, cast(Conversation, conversation), RateLimiter(None), lambda _: None)
    app.include_router(chat.router)
    statuses = []
    for host in hosts_of_one_network(21):
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://motcua.example") as http:
            statuses.append((await http.post("/api/chat/messages", json={"text": "xin chào"})).status_code)
    assert {message.client for message in conversation.asked} == {client_fingerprint(vault, "2001:db8:1:2::/64")}
    assert 429 in statuses
