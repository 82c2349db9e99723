"""The Zalo channel against a fake Zalo with Zalo's rules."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from sqlalchemy import func, select, update

from bot.channels.zalo import webhook
from bot.channels.zalo.events import read
from bot.channels.zalo.signature import genuine
from bot.context import context_from
from bot.limits import Limit
from knowledge.question import Context
from knowledge.service_words import service_words
from store import outbox, turns
from store.base import now
from store.conversations import ConversationRow, InboxRow
from store.crypto import Vault
from store.engine import Database
from store.hand_over import file_complaint
from store.outbox import OutboxRow
from store.staff import AuditRow
from store.tickets import PhotoRow
from tests.channels.photographs import photograph
from tests.channels.zalo_desk import Replica, listening, until
from tests.fakes.zalo_server import APP_ID, APP_SECRET, ZaloServer, typed

Make = Callable[..., Replica]


@pytest.fixture
def zalo() -> ZaloServer:
    return ZaloServer()


@pytest.fixture
async def make(zalo: ZaloServer, database: Database, vault: Vault, tmp_path: Path) -> AsyncIterator[Make]:
    made: list[Replica] = []
    async with listening(zalo.app()) as address:

        def build(**more: Any) -> Replica:
            made.append(Replica(database, vault, tmp_path, address, **more))
            return made[-1]

        yield build
        for replica in made:
            await replica.close()


async def alerts(database: Database, code: str) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(AuditRow.id)).filter_by(user="zalo", target=code)) or 0


async def states(database: Database, wanted: dict[str, int]) -> None:
    """Wait until the outbox holds so many rows of each state."""
    async with asyncio.timeout(20):
        while True:
            with database.read() as session:
                found = Counter(session.scalars(select(OutboxRow.state)))
            if found == wanted:
                return
            await asyncio.sleep(0.02)


async def test_a_message_is_answered_and_its_traces_are_sealed(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    replica = make()
    user = "a-user-of-zalo"
    assert await replica.post(*zalo.event("user_send_text", user, {"text": "làm khai sinh"})) == 200
    await until(zalo, 1)
    assert zalo.texts(user) == ["Trả lời: làm khai sinh"]
    await states(database, {"sent": 1})
    with database.read() as session:
        row = session.scalars(select(ConversationRow)).one()
        assert row.external != user
        assert row.external_sealed is not None
        assert user.encode() not in row.external_sealed
        assert row.consent["answer"]["by"] == "wrote to the account"
        assert session.scalars(select(OutboxRow.sealed)).one() is None


async def test_a_flood_of_one_person_is_acknowledged_and_dropped(
    make: Make, zalo: ZaloServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "PER_PERSON", Limit(2, 3600))
    replica = make(limited=True)
    for n in range(5):
        assert await replica.post(*zalo.event("user_send_text", "flooding", {"text": f"câu {n}"})) == 200
    assert await replica.post(*zalo.event("user_send_text", "patient", {"text": "một câu"})) == 200
    with database.read() as session:
        taken = Counter(session.scalars(select(InboxRow.conversation_id)))
    kept_of_the_flood, kept_of_the_patient = sorted(taken.values(), reverse=True)
    assert 2 <= kept_of_the_flood < 5
    assert kept_of_the_patient == 1


async def test_the_signature_counts_with_and_without_its_name(make: Make, zalo: ZaloServer) -> None:
    replica = make()
    body, headers = zalo.event("user_seen_message", "u1", {})
    bare = {"X-ZEvent-Signature": headers["X-ZEvent-Signature"].removeprefix("mac=")}
    assert [await replica.post(body, h) for h in (headers, bare)] == [200, 200]
    assert await replica.post(body + b" ", headers) == 403
    assert await replica.post(body, {}) == 403
    assert await replica.post(b"{", headers) == 400
    assert await replica.post(b"{" * 70_000, headers) == 413


@pytest.mark.parametrize("prefix", ["mac=", ""])
def test_the_signature_is_the_digest_worked_out_by_hand(prefix: str) -> None:
    """`printf '%s' APP_ID BODY TIMESTAMP SECRET | sha256sum`: no order but this one is right."""
    body = (
        '{"event_name":"user_send_text","app_id":"4100000000000000001","sender":{"id":"u1"},'
        '"message":{"text":"làm khai sinh","msg_id":"m1"},"timestamp":"1717061839659"}'
    ).encode()
    digest = "3c10974dd48f77a2e65fe4c2fe45b966857afbad57e3f00c1ec0d9cab2a79e33"
    assert genuine(prefix + digest, "4100000000000000001", body, "1717061839659", "oa-secret")
    assert not genuine(prefix + digest, "4100000000000000001", body, "1717061839658", "oa-secret")


async def test_beyond_the_rate_limit_messages_wait_for_the_next_minute(make: Make, zalo: ZaloServer) -> None:
    clock = Mock(return_value=time.time())
    zalo.clock, zalo.per_minute = clock, 2
    replica = make()
    for number in range(4):
        await replica.post(*zalo.event("user_send_text", f"u{number}", {"text": "hỏi"}))
    async with asyncio.timeout(20):
        while len(zalo.taken) < 2 or zalo.refused[-32] < 2:
            await asyncio.sleep(0.02)
    assert len(zalo.taken) == 2
    for minute in (1, 2, 3):
        clock.return_value += 60
        await until(zalo, min(4, 2 + minute))
    assert len({user for user, _ in zalo.taken}) == 4


async def test_a_token_refused_by_http_status_is_refreshed(make: Make, zalo: ZaloServer, database: Database) -> None:
    zalo.access_uses, zalo.expires_as_401 = 1, True
    replica = make()
    for number in range(3):
        await replica.post(*zalo.event("user_send_text", f"u{number}", {"text": "hỏi"}))
    await until(zalo, 3)
    await states(database, {"sent": 3})
    assert zalo.refused[-216] >= 1


async def test_tokens_of_the_fake_outlive_it(zalo: ZaloServer, tmp_path: Path) -> None:
    first = ZaloServer(state=tmp_path / "zalo.json")
    form = {"refresh_token": first.refresh_token, "app_id": APP_ID}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(first.app()), base_url="http://zalo") as http:
        pair = (await http.post("/v4/oa/access_token", data=form, headers={"secret_key": APP_SECRET})).json()
    again = ZaloServer(state=tmp_path / "zalo.json")
    assert again.refresh_token == pair["refresh_token"]
    assert pair["access_token"] in again.access


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("hỏi", "text"),
        (":follow", "follow"),
        (":image https://x/y.jpg", "unread"),
        (":location 21 105", "location"),
    ],
)
def test_what_is_typed_at_the_fake_becomes_an_event(zalo: ZaloServer, line: str, kind: str) -> None:
    body, _ = typed(zalo, "u1", line)
    assert read(json.loads(body), now()).kind == kind


@pytest.mark.parametrize(
    "name", ["user_seen_message", "user_received_message", "anonymous_send_text", "unfollow", "new"]
)
async def test_other_events_are_acknowledged_only(make: Make, zalo: ZaloServer, database: Database, name: str) -> None:
    assert await make().post(*zalo.event(name, "u1", {"text": "x"})) == 200
    with database.read() as session:
        assert session.scalar(select(func.count(InboxRow.id))) == 0


@pytest.mark.parametrize(
    ("name", "message", "said"),
    [
        ("follow", None, "Xin chào"),
        ("user_send_image", {"attachments": [{"type": "image", "payload": {"url": "https://x"}}]}, "không đọc được"),
        ("user_send_location", {"attachments": [{"payload": {"coordinates": {"latitude": "21", "longitude": "105"}}}]},
         "tên xã hoặc phường"),
    ],
)  # fmt: skip
async def test_what_is_not_text_is_answered_once(
    make: Make, zalo: ZaloServer, name: str, message: dict[str, object] | None, said: str
) -> None:
    replica = make()
    event = zalo.event(name, "u1", message)
    assert [await replica.post(*event), await replica.post(*event)] == [200, 200]
    await replica.post(*zalo.event("user_send_text", "u1", {"text": "hết"}))
    await until(zalo, 2)
    assert [said in text for text in zalo.texts("u1")] == [True, False]


async def test_a_place_leads_to_the_nearest_known_office_and_its_commune_is_remembered(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    replica = make()
    first, second, *rest = replica.profile.communes
    placed = (
        first.model_copy(update={"location": (21.0, 105.0)}),
        second.model_copy(update={"location": (21.2, 105.2)}),
    )
    replica.webhook._profile = replica.profile.model_copy(update={"communes": (*placed, *rest)})
    here = {"attachments": [{"payload": {"coordinates": {"latitude": "21.19", "longitude": "105.19"}}}]}
    await replica.post(*zalo.event("user_send_location", "u1", here))
    await until(zalo, 1)
    assert second.name in zalo.texts("u1")[0]
    assert _context(database).place == "phường Mẫu Hai"


async def test_a_place_far_from_every_office_leaves_the_commune_asked_for(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    here = {"attachments": [{"payload": {"coordinates": {"latitude": "-40", "longitude": "-100"}}}]}
    await make().post(*zalo.event("user_send_location", "u1", here))
    await until(zalo, 1)
    assert (_context(database).place, _context(database).place_asked) == ("", True)


def _context(database: Database) -> Context:
    with database.read() as session:
        conversation = session.scalars(select(ConversationRow)).one()
        return context_from(turns.latest(session, conversation.id))


async def test_the_ninth_reply_waits_until_the_user_writes_again(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    replica = make()
    await replica.post(*zalo.event("user_send_text", "u1", {"text": "câu hỏi"}))
    await until(zalo, 1)
    with database.write() as session:
        row = session.scalars(select(OutboxRow)).one()
        conversation = session.get_one(ConversationRow, row.conversation_id)
        for number in range(9):
            sealed = replica.vault.seal(f'{{"text": "tin {number}"}}', "outbox")
            outbox.put(session, conversation, f"t{number}", [sealed])
    await states(database, {"sent": 8, "held": 2})
    assert zalo.refused[-213] == 0
    await replica.post(*zalo.event("user_send_text", "u1", {"text": "còn gì nữa"}))
    await states(database, {"sent": 11})
    assert zalo.texts("u1")[-3:] == ["tin 7", "tin 8", "Trả lời: còn gì nữa"]


async def test_after_two_days_nothing_is_sent(make: Make, zalo: ZaloServer, database: Database) -> None:
    replica = make()
    await replica.die()
    await replica.post(*zalo.event("user_send_text", "u1", {"text": "câu hỏi"}))
    await replica.webhook.finish()
    with database.write() as session:
        session.execute(update(InboxRow).values(accepted_at=now() - timedelta(hours=49)))
    await replica.sender.step()
    await states(database, {"held": 1})
    assert zalo.taken == []


async def test_two_replicas_racing_for_a_token_use_it_up_once(make: Make, zalo: ZaloServer) -> None:
    zalo.access_uses = 3
    replicas = [make(name="one"), make(name="two")]
    for number in range(30):
        await replicas[number % 2].post(*zalo.event("user_send_text", f"u{number}", {"text": "hỏi"}))
    await until(zalo, 30)
    assert zalo.refused[-14020] == 0
    assert len(zalo.used) >= 10


async def test_a_pair_that_was_not_committed_is_saved_at_the_next_look(
    make: Make, zalo: ZaloServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = make()
    await replica.die()
    tokens = replica.sender._tokens
    with monkeypatch.context() as crashing:
        crashing.setattr("store.account_tokens.save", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await tokens.current()
    again = make(name="one")
    assert await again.sender._tokens.current() in zalo.access
    assert len(zalo.used) == 1


async def test_a_used_up_refresh_token_calls_an_operator_who_can_mend_it(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    stale = make(refresh_token="stale")
    await stale.post(*zalo.event("user_send_text", "u1", {"text": "hỏi"}))
    async with asyncio.timeout(10):
        while not await alerts(database, "-14020"):
            await asyncio.sleep(0.02)
    await stale.close()
    assert zalo.refused[-14020] == 1
    make(name="mended")
    await until(zalo, 1)
    assert zalo.texts("u1") == ["Trả lời: hỏi"]


async def test_a_package_without_sending_alerts_once_and_keeps_the_message(
    make: Make, zalo: ZaloServer, database: Database
) -> None:
    zalo.lacks_package = True
    replica = make()
    for user in ("u1", "u2"):
        await replica.post(*zalo.event("user_send_text", user, {"text": "hỏi"}))
    async with asyncio.timeout(10):
        while zalo.refused[-224] < 2:
            await asyncio.sleep(0.02)
    await states(database, {"waiting": 2})
    assert await alerts(database, "-224") == 1


async def test_a_lost_answer_of_zalo_is_counted_as_uncertain(make: Make, zalo: ZaloServer, database: Database) -> None:
    zalo.lost = 1.0
    await make().post(*zalo.event("user_send_text", "u1", {"text": "hỏi"}))
    await until(zalo, 1)
    zalo.lost = 0.0
    await states(database, {"sent": 1})
    with database.read() as session:
        assert session.scalar(select(func.sum(OutboxRow.uncertain))) == zalo.unheard


async def test_every_message_is_answered_once_whatever_fails(make: Make, zalo: ZaloServer, database: Database) -> None:
    """120 events, each delivered up to three times in any order to two replicas, with 10 % of sends failing."""
    zalo.failures, zalo.access_uses = 0.1, 25
    replicas = [make(name="one"), make(name="two")]
    asked = {(f"u{n % 40}", f"câu {n}") for n in range(120)}
    events = [zalo.event("user_send_text", user, {"text": text}) for user, text in sorted(asked)]
    chance = random.Random(3)
    deliveries = [event for event in events for _ in range(chance.randint(1, 3))]
    chance.shuffle(deliveries)
    room = asyncio.Semaphore(8)

    async def deliver(event: tuple[bytes, dict[str, str]]) -> int:
        async with room:
            return await chance.choice(replicas).post(*event)

    assert set(await asyncio.gather(*map(deliver, deliveries))) == {200}
    await until(zalo, 120)
    await states(database, {"sent": 120})
    answered = Counter((user, message["text"].removeprefix("Trả lời: ")) for user, message in zalo.taken)
    assert answered == Counter(asked)
    assert zalo.refused[-14020] == 0


async def test_a_picture_after_a_complaint_belongs_to_it_and_one_from_elsewhere_does_not(
    make: Make, zalo: ZaloServer, database: Database, vault: Vault
) -> None:
    replica = make()
    await replica.post(*zalo.event("user_send_text", "u1", {"text": "hỏi"}))
    await until(zalo, 1)
    with database.write() as session:
        conversation = session.scalars(select(ConversationRow)).one()
        number = file_complaint(session, vault, conversation, "khac", "rác không ai thu gom").number
    zalo.pictures["one.jpg"] = photograph()
    for url in (f"{replica.zalo}/pictures/one.jpg", "http://127.0.0.1:1/x.jpg", "https://zdn.vn.example/x.jpg"):
        sent = {"attachments": [{"type": "image", "payload": {"url": url}}]}
        assert await replica.post(*zalo.event("user_send_image", "u1", sent)) == 200
    await until(zalo, 4)
    assert Counter(zalo.texts("u1")[1:]) == Counter(
        {
            service_words()["complaint"]["photo_kept"].format(number=number): 1,
            service_words()["complaint"]["photo_refused"]: 2,
        }
    )
    with database.read() as session:
        assert len(session.scalars(select(PhotoRow)).all()) == 1
