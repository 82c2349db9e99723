"""Reminders: chosen by whoever has just proved whose dossier it is, told once for each change, ended by one word."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from bot import problems, reminding
from bot.channels.integration import integration_router
from bot.channels.numbers import MAX_ATTEMPTS, MAX_UNCERTAIN, NumberSender
from bot.channels.sms import body_of, make_sms, sms_router
from bot.wording import words
from knowledge.province import load_profile
from store import outbox, parked, reminders, turns
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.dossiers import code_key
from store.engine import Database
from store.outbox import OutboxRow
from store.reminders import ReminderRow
from store.staff import AuditRow
from tests.channels.exact_desk import AT, BASE, ExactDesk, settings
from tests.channels.zalo_desk import Replica, listening
from tests.fakes.sms_server import TOKEN, SmsServer
from tests.fakes.zalo_server import ZaloServer

CODE, NUMBER = "H00.14-261105-0012", "0901234567"
INTEGRATION = "a-token-of-the-tests"


@pytest.fixture
def desk(database: Database, vault: Vault) -> ExactDesk:
    """A citizen on the web who has just looked a dossier up."""
    made = ExactDesk(database, vault)
    see(made)
    return made


def see(desk: ExactDesk, at: datetime = AT) -> None:
    with desk.database.write() as session:
        row = session.get_one(ConversationRow, desk.id)
        reminders.note_seen(row, code_key(desk.vault, CODE), at)


def gateway(desk: ExactDesk, woken: list[str] | None = None) -> httpx.AsyncClient:
    """The routes a one-stop system and Twilio call."""
    app = FastAPI()
    problems.install(app)

    def news(session: Any, dossier: str, status: int, at: datetime) -> Sequence[str]:
        return reminding.announce(session, desk.vault, {}, dossier, status, at)

    wake = woken.append if woken is not None else lambda _: None
    app.include_router(integration_router(desk.database, desk.vault, SecretStr(INTEGRATION), news, wake))
    app.include_router(sms_router(desk.database, desk.vault, settings()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)


async def push(http: httpx.AsyncClient, status: int) -> None:
    record = {"MaHoSo": CODE, "TrangThaiHoSo": status, "SoGiayToChuHoSo": "099900004826"}
    body = {"service": "DongBoHoSoMC", "data": [record]}
    answer = await http.post("/api/integration/dossiers", json=body, headers={"Authorization": f"Bearer {INTEGRATION}"})
    assert answer.json()["accepted"] == 1


def queued(database: Database) -> list[OutboxRow]:
    with database.read() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def wishes(database: Database) -> list[ReminderRow]:
    with database.read() as session:
        return list(session.scalars(select(ReminderRow)))


def prove(desk: ExactDesk, way: str = "sms") -> None:
    """Choose a way that needs a telephone number, and show that the number is one's own."""
    assert desk.say(f'/remind{{"by":"{way}"}}') == words()["remind"]["ask_number"]
    assert desk.say(f"số tôi {NUMBER}") == words()["remind"]["code_sent"]
    sealed = queued(desk.database)[-1].sealed
    sent = json.loads(desk.vault.open(sealed or b"", outbox.PURPOSE))
    assert sent["to"] == NUMBER
    assert desk.say(sent["code"]) == words()["remind"]["code_right"]


async def test_each_change_is_told_once_in_the_open_chat(desk: ExactDesk) -> None:
    woken: list[str] = []
    async with gateway(desk, woken) as http:
        await push(http, 4)
        assert desk.say('/remind{"by":"web"}') == words()["remind"]["chosen"]["web"]
        assert desk.say('/remind{"by":"web"}') == words()["remind"]["chosen"]["web"]
        for status in (4, 9, 9, 9):
            await push(http, status)
    assert woken == [desk.id]
    assert desk.kept().count("vừa có tin mới") == 1
    (wish,) = wishes(desk.database)
    assert wish.consent["remind"]["by"] == "chose where to be reminded"
    assert wish.told == 1


async def test_a_handed_out_result_is_the_last_news(desk: ExactDesk) -> None:
    async with gateway(desk) as http:
        await push(http, 4)
        desk.say('/remind{"by":"web"}')
        for status in (9, 10, 9):
            await push(http, status)
    assert desk.kept().count("vừa có tin mới") == 2
    assert wishes(desk.database)[0].state == "off"


@pytest.mark.parametrize("word", ["DỪNG", "dừng.", "stop", "Dừng nhắc", "/stop"])
async def test_one_word_ends_it(desk: ExactDesk, word: str) -> None:
    async with gateway(desk) as http:
        await push(http, 4)
        desk.say('/remind{"by":"web"}')
        assert desk.say(word) == words()["remind"]["stopped"]
        await push(http, 9)
    assert "vừa có tin mới" not in desk.kept()
    assert desk.say(word) is None


def test_one_word_ends_what_another_conversation_of_the_account_asked_for(database: Database, vault: Vault) -> None:
    earlier = ExactDesk(database, vault, "zalo", account="me")
    see(earlier)
    earlier.say('/remind{"by":"zalo"}')
    prove(earlier, "zns")
    elsewhere = ExactDesk(database, vault)
    see(elsewhere)
    prove(elsewhere, "zns")
    assert [row.state for row in wishes(database)] == ["on"] * 3
    assert ExactDesk(database, vault, "zalo", account="me").say("DỪNG") == words()["remind"]["stopped"]
    assert [row.state for row in wishes(database)] == ["off"] * 3


def test_a_number_not_shown_to_be_ones_own_is_not_taken_for_it(database: Database, vault: Vault) -> None:
    owner, other = ExactDesk(database, vault), ExactDesk(database, vault, "zalo", account="other")
    for desk in (owner, other):
        see(desk)
    prove(owner)
    other.say('/remind{"by":"zns"}')
    other.say(NUMBER)
    assert other.say("DỪNG") == words()["remind"]["stopped"]
    assert {row.conversation_id: row.state for row in wishes(database)} == {owner.id: "on", other.id: "off"}


def test_where_a_notification_arrives_it_is_ended_by_its_number(desk: ExactDesk, vault: Vault) -> None:
    prove(desk, "zns")
    unknown = ExactDesk(desk.database, vault, "zalo", client="z", account="not-known")
    w = words()["remind"]
    assert unknown.say("DỪNG") == w["stop_ask_number"]
    assert unknown.say("0900000000") == w["stopped_number"]
    assert wishes(desk.database)[0].state == "on"
    assert [unknown.say("dừng"), unknown.say(NUMBER)] == [w["stop_ask_number"], w["stopped_number"]]
    assert wishes(desk.database)[0].state == "off"
    assert NUMBER not in unknown.kept()
    for _ in range(2):
        unknown.say("dừng")
        last = unknown.say("0900000001")
    assert last == w["stop_later"]


def test_in_a_form_the_word_is_left_to_the_form(database: Database, vault: Vault) -> None:
    desk = ExactDesk(database, vault, "zalo")
    desk.store(TurnRow(author="assistant", status="form", text="?", details={}))
    assert desk.say("dừng") is None


def test_only_a_dossier_just_seen_can_be_waited_for(desk: ExactDesk, database: Database, vault: Vault) -> None:
    stranger = ExactDesk(database, vault, client="s")
    assert stranger.say('/remind{"by":"web"}') == words()["remind"]["not_seen"]
    late = AT + timedelta(minutes=16)
    assert desk.say('/remind{"by":"web"}', late) == words()["remind"]["not_seen"]
    assert wishes(database) == []


def test_a_way_of_another_channel_is_left_to_the_dialogue(desk: ExactDesk) -> None:
    for payload in ('/remind{"by":"zalo"}', '/remind{"by":"fax"}', "/remind{}", "/remind{x}", "/remind[]"):
        assert desk.say(payload) is None


async def test_a_number_is_told_only_after_its_owner_has_shown_the_code(desk: ExactDesk) -> None:
    async with gateway(desk) as http:
        await push(http, 4)
        desk.say('/remind{"by":"sms"}')
        desk.say(NUMBER)
        assert desk.say("000000") == words()["remind"]["code_wrong"]
        await push(http, 9)
    assert [row.channel for row in queued(desk.database)] == ["sms"]
    assert NUMBER not in desk.kept()


def test_codes_are_guessed_and_sent_only_a_few_times(desk: ExactDesk, database: Database, vault: Vault) -> None:
    desk.say('/remind{"by":"sms"}')
    assert [desk.say(NUMBER) for _ in range(4)] == [words()["remind"]["code_sent"]] * 3 + [
        words()["remind"]["code_later"]
    ]
    sent = json.loads(vault.open(queued(database)[-1].sealed or b"", outbox.PURPOSE))["code"]
    wrong = f"{(int(sent) + 1) % 10**6:06d}"
    assert [desk.say(wrong) for _ in range(5)] == [words()["remind"]["code_wrong"]] * 5
    assert desk.say(sent) == words()["remind"]["code_later"]


@pytest.fixture
async def twilio() -> AsyncIterator[tuple[SmsServer, str]]:
    fake = SmsServer()
    async with listening(fake.app()) as address:
        yield fake, address


async def test_a_short_message_says_only_that_there_is_news(desk: ExactDesk, twilio: tuple[SmsServer, str]) -> None:
    fake, address = twilio
    sender = make_sms(settings(twilio_api_base=address), desk.database, desk.vault, load_profile("tinh-mau"), 0.01)
    async with gateway(desk) as http:
        await push(http, 4)
        prove(desk)
        await push(http, 9)
        while await sender.step():
            pass
    await sender.close()
    code, news = fake.taken
    assert code["To"] == news["To"] == "+84901234567"
    assert BASE in news["Body"]
    assert len(news["Body"]) <= 160
    assert news["Body"].isascii()
    assert not any(word in news["Body"] for word in (CODE, "xong", "tra ket qua", "giai quyet"))
    assert [(row.state, row.sealed) for row in queued(desk.database)] == [("sent", None), ("sent", None)]


@pytest.fixture
async def sender(desk: ExactDesk, twilio: tuple[SmsServer, str]) -> AsyncIterator[NumberSender]:
    """Sends short messages, without pauses between attempts."""
    made = make_sms(settings(twilio_api_base=twilio[1]), desk.database, desk.vault, load_profile("tinh-mau"), 0.0)
    yield made
    await made.close()


def put_news(desk: ExactDesk) -> None:
    """One short message to send."""
    with desk.database.write() as session:
        sealed = desk.vault.seal(json.dumps({"to": NUMBER}), outbox.PURPOSE)
        outbox.put(session, session.get_one(ConversationRow, desk.id), "news", [sealed], "sms")


async def test_a_refusal_is_tried_again(desk: ExactDesk, twilio: tuple[SmsServer, str], sender: NumberSender) -> None:
    fake, _ = twilio
    fake.statuses = [503, 500]
    put_news(desk)
    for _ in range(3):
        await sender.step()
    assert len(fake.taken) == 1
    (row,) = queued(desk.database)
    assert (row.state, row.sealed, row.uncertain) == ("sent", None, 0)


async def test_a_send_that_died_is_done_again_and_counted(
    desk: ExactDesk, twilio: tuple[SmsServer, str], sender: NumberSender
) -> None:
    put_news(desk)
    with desk.database.write() as session:
        (claimed,) = outbox.claim(session, "sms", AT + timedelta(days=30))
        claimed.due_at = AT
    await sender.step()
    assert len(twilio[0].taken) == 1
    (row,) = queued(desk.database)
    assert (row.state, row.uncertain) == ("sent", 1)


async def test_a_lost_answer_is_sent_again_and_counted(
    desk: ExactDesk, twilio: tuple[SmsServer, str], sender: NumberSender
) -> None:
    fake, _ = twilio
    fake.lose = 1
    put_news(desk)
    await sender.step()
    (row,) = queued(desk.database)
    assert (row.state, row.uncertain, row.sealed is None) == ("waiting", 1, False)
    await sender.step()
    (row,) = queued(desk.database)
    assert (len(fake.taken), row.state, row.uncertain) == (2, "sent", 1)


async def test_what_cannot_be_sent_is_parked_whole_and_can_be_tried_again(
    desk: ExactDesk, twilio: tuple[SmsServer, str], sender: NumberSender
) -> None:
    fake, _ = twilio
    fake.lose = MAX_UNCERTAIN
    put_news(desk)
    while await sender.step():
        pass
    (row,) = queued(desk.database)
    assert (row.state, row.uncertain, row.sealed is None) == ("parked", MAX_UNCERTAIN, False)
    with desk.database.write() as session:
        found = parked.get(session, "out", row.id)
        assert found is not None
        assert parked.retry(found)
    await sender.step()
    (row,) = queued(desk.database)
    assert (row.state, row.sealed, row.uncertain) == ("sent", None, MAX_UNCERTAIN)


@pytest.mark.parametrize(("statuses", "tries"), [([400], 1), ([503] * MAX_ATTEMPTS, MAX_ATTEMPTS)])
async def test_a_message_refused_for_good_or_too_often_is_parked_with_its_content(
    desk: ExactDesk, twilio: tuple[SmsServer, str], sender: NumberSender, statuses: list[int], tries: int
) -> None:
    twilio[0].statuses = list(statuses)
    put_news(desk)
    while await sender.step():
        pass
    (row,) = queued(desk.database)
    assert (row.state, row.attempts, row.sealed is None) == ("parked", tries, False)


async def test_a_word_by_short_message_ends_it(desk: ExactDesk) -> None:
    prove(desk)
    url = f"{BASE}/channels/sms/incoming"
    form = {"From": "+84901234567", "Body": "Dừng"}
    async with gateway(desk) as http:
        assert (await http.post(url, data=form)).status_code == 403
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        answer = await http.post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    assert wishes(desk.database)[0].state == "off"


async def test_zalo_notifies_a_number_by_template(desk: ExactDesk, tmp_path: Path) -> None:
    zalo = ZaloServer()
    async with listening(zalo.app()) as address:
        replica = Replica(desk.database, desk.vault, tmp_path, address)
        async with gateway(desk) as http:
            await push(http, 4)
            prove(desk, "zns")
            await push(http, 9)
            while await replica.notifications.step():
                pass
        await replica.close()
    code, news = zalo.notified
    assert (code["phone"], code["template_id"], set(code["template_data"])) == ("84901234567", "code", {"code"})
    assert (news["template_id"], set(news["template_data"])) == ("news", {"address", "hotline"})


@pytest.mark.parametrize(
    ("code", "state", "told"),
    [(-115, "waiting", 1), (-118, "parked", 0), (-201, "parked", 1), (-32, "waiting", 0), (-999, "waiting", 1)],
)
async def test_a_refused_notification_is_told_when_a_person_must_mend_it(
    desk: ExactDesk, tmp_path: Path, code: int, state: str, told: int
) -> None:
    zalo = ZaloServer(notification_refusals=[code])
    desk.say('/remind{"by":"zns"}')
    desk.say(NUMBER)
    async with listening(zalo.app()) as address:
        replica = Replica(desk.database, desk.vault, tmp_path, address)
        await replica.notifications.step()
        await replica.close()
    assert queued(desk.database)[-1].state == state
    with desk.database.read() as session:
        alerts = session.scalars(select(AuditRow).filter_by(user="zalo", target=str(code))).all()
    assert len(alerts) == told


async def test_on_zalo_the_news_comes_as_a_message(database: Database, vault: Vault) -> None:
    desk = ExactDesk(database, vault, "zalo")
    see(desk)
    assert desk.say('/remind{"by":"zalo"}') == words()["remind"]["chosen"]["zalo"]
    sent: list[str] = []
    deliver = {"zalo": lambda session, row, reply: sent.append(reply.messages[0].text)}
    with database.write() as session:
        reminding.announce(session, vault, deliver, code_key(vault, CODE), 9, AT)
    assert sent == [words()["remind"]["news"]]
    with database.read() as session:
        assert turns.after(session, desk.id, 0)[-1].author == "system"


def test_a_code_by_short_message_fits_one(vault: Vault) -> None:
    text = body_of({"to": NUMBER, "code": "123456"}, settings(), load_profile("tinh-mau"))
    assert "123456" in text
    assert len(text) <= 160


def test_reminders_go_with_their_conversation(desk: ExactDesk) -> None:
    desk.say('/remind{"by":"web"}')
    with desk.database.write() as session:
        session.delete(session.get_one(ConversationRow, desk.id))
    assert wishes(desk.database) == []
    with desk.database.read() as session:
        assert reminders.on(session, code_key(desk.vault, CODE)) == []
