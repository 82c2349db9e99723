"""Rightly signed Zalo events whose content no honest client sends: refused or taken, never an error of ours."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.zalo.events import read
from bot.channels.zalo.signature import signature
from store.base import now
from store.crypto import Vault
from store.engine import Database
from tests.channels.zalo_desk import Replica
from tests.fakes.zalo_server import APP_ID, OA_SECRET

TEXT = {"event_name": "user_send_text", "timestamp": "1763778000000", "sender": {"id": "u1"}}
_EVENTS = tuple(
    json.dumps(TEXT | changed).encode()
    for changed in (
        {"message": {"text": "a\x00b", "msg_id": "m1"}},
        {"message": {"text": "\ud800", "msg_id": "m2"}},
        {"message": {"text": "hỏi", "msg_id": "m\x003"}},
        {"message": {"text": "hỏi", "msg_id": "m4"}, "sender": {"id": "u\x00"}},
        {"message": {"text": "hỏi", "msg_id": "m" * 500}},
        {"message": {"text": ["x"], "msg_id": {"a": 1}}},
        {"event_name": "user_send_location", "message": {"msg_id": "m5", "attachments": 7}},
        {"event_name": "user_send_image", "message": {"msg_id": "m6", "attachments": {"a": 1}}},
        {"timestamp": "9" * 400, "message": {"text": "hỏi", "msg_id": "m7"}},
        {"event_name": {"a": []}, "message": []},
    )
)
HOSTILE = (*_EVENTS, b"[" * 20_000, b'{"a":' * 10_000, b"\xff\xfe", b"null", b"")


@pytest.fixture
async def replica(database: Database, vault: Vault, tmp_path: Path) -> AsyncIterator[Replica]:
    made = Replica(database, vault, tmp_path, "http://127.0.0.1:9")
    yield made
    await made.close()


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_event_is_taken_or_refused(replica: Replica, body: bytes) -> None:
    try:
        timestamp = str(json.loads(body).get("timestamp") or "")
    except (ValueError, RecursionError, AttributeError):
        timestamp = ""
    mac = signature(APP_ID, body, timestamp, OA_SECRET)
    assert await replica.post(body, {"X-ZEvent-Signature": f"mac={mac}"}) in (200, 400, 403, 422)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=10,
)
NAMES = ("user_send_text", "user_send_image", "user_send_location", "follow", "unfollow", "user_submit_info", "x")
EVENTS = st.fixed_dictionaries(
    {"event_name": st.sampled_from(NAMES)},
    optional={"timestamp": JSON, "sender": JSON, "follower": JSON, "message": st.dictionaries(
        st.sampled_from(("text", "msg_id", "attachments")), JSON, max_size=3
    )},
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=EVENTS)
def test_any_event_is_read(raw: dict[str, Any]) -> None:
    event = read(raw, now())
    assert "\x00" not in event.text + event.user + event.message_id
    assert event.kind == "other" or (event.user and 0 < len(event.message_id) <= 128)
