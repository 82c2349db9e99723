"""What a citizen and staff meet is the same whichever replica a request reaches."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from websockets.sync.client import connect

from console.accounts import add_user
from knowledge import shared
from knowledge.publish import switch
from store.conversations import InboxRow, TurnRow
from store.engine import Database
from store.knowledge import SnapshotRow
from store.tickets import TicketRow
from tests.console.staff import PASSWORD, StaffBrowser
from tests.deploy.conftest import Pair
from tests.running import Chat, Running
from tests.servers import Redis

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]
QUESTION = "Đăng ký khai sinh cần giấy tờ gì?"


def moved(chat: Chat, replica: Running) -> Chat:
    """The same conversation, its next request going to another replica."""
    return Chat(replica, chat.token, chat.last)


def until(good: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not good():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_follow_up_is_understood_on_the_other_replica(pair: Pair) -> None:
    chat = pair.one.chat()
    first = chat.say(QUESTION)
    second = moved(chat, pair.two).say("thế lệ phí bao nhiêu?")
    assert first["messages"][0]["entry_ids"][0] == second["messages"][0]["entry_ids"][0]
    assert second["messages"][0]["aspect"] == "fee"


def test_a_form_begun_on_one_replica_ends_on_the_other(pair: Pair) -> None:
    chat = pair.one.chat()
    assert chat.say("tôi muốn tra cứu hồ sơ")["status"] == "dossier"
    assert moved(chat, pair.two).say("H00.14-261105-0012")["status"] == "dossier"
    shown = moved(chat, pair.one).say("4826")
    assert shown["status"] == "dossier"
    assert "đang" in json.dumps(shown["messages"], ensure_ascii=False).lower()


def test_trackers_lie_in_the_database_and_locks_in_redis(pair: Pair, shared_store: Database, redis: Redis) -> None:
    chat = pair.two.chat()
    asked = redis.names_seen(10, lambda: chat.say(QUESTION))
    conversation = chat.last["conversation_id"]
    assert f"lock:{conversation}" in asked
    with shared_store.read() as session:
        counted = text("SELECT count(*) FROM rasa.events WHERE sender_id = :id")
        assert session.scalar(counted, {"id": conversation})


def test_one_message_sent_to_both_at_once_is_answered_once(pair: Pair) -> None:
    chat = pair.one.chat()
    chat.say("xin chào")
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda r: moved(chat, r).say(QUESTION, "same"), [pair.one, pair.two] * 2))
    assert len({reply["turn_id"] for reply in replies}) == 1
    assert len(chat.history()) == 4


def test_messages_sent_to_both_at_once_are_answered_in_the_order_of_their_acceptance(
    pair: Pair, shared_store: Database
) -> None:
    chat = pair.one.chat()
    chat.say("xin chào")
    sent = list(zip(cycle((pair.one, pair.two)), [f"{QUESTION} lần {n}" for n in range(8)], strict=False))
    with ThreadPoolExecutor(len(sent)) as pool:
        list(pool.map(lambda one: moved(chat, one[0]).say(one[1]), sent))
    conversation = chat.last["conversation_id"]
    with shared_store.read() as session:
        accepted = select(InboxRow.turn_id).filter_by(conversation_id=conversation).order_by(InboxRow.id)
        said = select(TurnRow.id).filter_by(conversation_id=conversation, author="assistant").order_by(TurnRow.seq)
        assert session.scalars(accepted).all() == session.scalars(said).all()
    assert [turn["from"] for turn in chat.history()] == ["citizen", "assistant"] * (len(sent) + 1)


@pytest.fixture
def agent(pair: Pair, shared_store: Database) -> Iterator[StaffBrowser]:
    """A member of staff signed in at the second replica."""
    with shared_store.write() as session:
        add_user(session, "agent-of-pair", "Cán bộ Một", "agent", PASSWORD)
    with httpx.Client(base_url=pair.two.base, follow_redirects=True, trust_env=False) as http:
        browser = StaffBrowser(http)  # type: ignore[arg-type]
        browser.sign_in("agent-of-pair")
        yield browser


def test_a_person_at_one_replica_writes_to_a_citizen_at_the_other(
    pair: Pair, shared_store: Database, agent: StaffBrowser
) -> None:
    chat = pair.one.chat()
    assert chat.say("cho tôi gặp cán bộ")["status"] == "handed_over"
    with shared_store.read() as session:
        mine = select(TicketRow.id).filter_by(conversation_id=chat.last["conversation_id"])
        ticket = session.scalars(mine).one()
    with connect(f"{pair.one.base.replace('http', 'ws')}/api/chat/stream") as socket:
        socket.send(json.dumps({"token": chat.token, "after": chat.last["turn_id"]}))
        agent.open(f"/console/tickets/{ticket}")
        agent.send(f"/console/tickets/{ticket}/take")
        agent.send(f"/console/tickets/{ticket}/write", text="Chào anh/chị, tôi xem hồ sơ ngay.")
        frames = list(read_until(socket, "person"))
    assert frames[-1]["messages"][0]["text"] == "Chào anh/chị, tôi xem hồ sơ ngay."
    assert moved(chat, pair.two).say("vâng")["status"] == "handed_over"


def read_until(socket: Any, kind: str) -> list[dict[str, Any]]:
    """The frames up to the first of a kind."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["type"] != kind:
        frames.append(json.loads(socket.recv(10)))
    return frames


def test_every_replica_follows_a_publication_and_a_rollback(pair: Pair, shared_store: Database, tmp_path: Path) -> None:
    copy = tmp_path / "2"
    shutil.copytree(pair.one.var / "snapshots" / "1", copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    with shared_store.write() as session:
        row = SnapshotRow(state="building", content_hash="x", built_by="test", entries=manifest["entries"], report={})
        session.add(row)
        session.flush()
        number = row.number
    (copy / "manifest.json").write_text(json.dumps(manifest | {"number": number}))
    switch(shared_store, number, "test", first=lambda session: shared.keep(session, number, shared.pack(copy), 0))
    until(lambda: both_know(pair, number))
    pair.two.command("knowledge", "rollback")
    until(lambda: both_know(pair, 1))
    assert pair.two.chat().say(QUESTION)["status"] == "answered"


def both_know(pair: Pair, number: int) -> bool:
    """Whether both replicas answer from a snapshot."""
    known = [replica.http.get("/readyz").json()["knowledge"] for replica in (pair.one, pair.two)]
    return known == [f"snapshot {number}"] * 2


@pytest.mark.parametrize("place", ["one", "two"])
def test_news_reach_a_socket_at_either_replica(pair: Pair, place: str) -> None:
    chat = pair.one.chat()
    chat.say("xin chào")
    here: Running = getattr(pair, place)
    with connect(f"{here.base.replace('http', 'ws')}/api/chat/stream") as socket:
        socket.send(json.dumps({"token": chat.token, "after": chat.last["turn_id"]}))
        said = moved(chat, pair.one).say(QUESTION)
        frames = read_until(socket, "reply")
    assert frames[-1]["turn_id"] == said["turn_id"]
