"""Callers and people: the queue, operators who pick up, callbacks, and what they are told of the caller."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from store import notices
from store.calls import CallRow
from store.conversations import TurnRow
from store.hand_over import contact, pin_of
from store.tickets import TicketRow
from tests.voice.telephone import BASE, NUMBER, RUN_TOKEN, SHUT, Hotline
from voice import codes_said
from voice.numbers_said import grouped
from voice.simulator.carrier import sign

Make = Callable[..., Hotline]


async def test_a_callback_keeps_the_confirmed_number_and_a_moment(hotline: Make) -> None:
    line = hotline()
    call = line.call(at=SHUT)
    await call.begin()
    for pressed in ("0", "1", "2", "0987654321#", "1"):
        await call.press(pressed)
    with line.database.read() as session:
        ticket = session.scalars(select(TicketRow)).one()
    assert contact(ticket, line.vault) == "0987654321"
    assert ticket.kind == "callback"
    assert ticket.promised_until is not None
    assert ticket.promised_until.isoformat() == "2026-11-23T02:30:00+00:00"


async def test_the_person_sees_that_a_dossier_was_entered(hotline: Make) -> None:
    line = hotline(operators=("+842400000001",))
    line.keep_dossier()
    call = line.call()
    await call.begin()
    await call.press("11142611050012#1")
    await call.press(NUMBER)
    await call.press("0")
    await call.person("completed")
    assert "Đã nhập mã hồ sơ" in " ".join(h.text for h in call.whispered)
    with line.database.read() as session:
        notes = [turn.text for turn in session.scalars(select(TurnRow).where(TurnRow.author == "system"))]
    assert notes == ["Bấm mã hồ sơ ⟦dossier:1⟧: đã đọc tình trạng."]


async def test_an_agent_picks_up_the_caller_who_waits_longest(hotline: Make) -> None:
    line = hotline(operators=("+842400000001",))
    waiting = line.call()
    await waiting.begin()
    await waiting.say("tôi gọi từ số 0987654321 hỏi chuyện đất đai")
    await waiting.press("0")
    await waiting.person("busy")
    answer = await agent(line, "02400000001")
    assert re.search(r"<Dial><Queue>motcua</Queue></Dial>", answer)
    assert "Câu nói sau cùng: tôi gọi từ số một số riêng hỏi chuyện đất đai" in answer


async def agent(line: Hotline, number: str) -> str:
    """What somebody hears who phones the operators' number."""
    posted = {"CallSid": "CAagent", "From": number}
    signature = sign(RUN_TOKEN, f"{BASE}/voice/agent", posted)
    answer = await line.http.post("/voice/agent", data=posted, headers={"X-Twilio-Signature": signature})
    return answer.text


@pytest.mark.parametrize("number", ["+84912345678", "anonymous", ""])
async def test_only_operators_pick_callers_up(hotline: Make, number: str) -> None:
    told = await agent(hotline(operators=("+842400000001",)), number)
    assert "không có trong danh sách" in told
    assert "<Dial" not in told


async def test_a_talk_with_a_person_settles_the_hand_over(hotline: Make) -> None:
    line = hotline(operators=("+842400000001",))
    call = line.call()
    await call.begin()
    await call.press("0")
    await call.person("completed")
    with line.database.read() as session:
        assert session.scalars(select(TicketRow)).one().state == "closed"


async def test_a_callback_replaces_the_place_in_the_queue(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    await call.press("0")
    await call.wait(130)
    await call.press("1")
    await call.press("1")
    with line.database.read() as session:
        found = {ticket.kind: ticket.state for ticket in session.scalars(select(TicketRow))}
    assert found == {"hand_over": "closed", "callback": "open"}


async def test_a_caller_in_the_queue_hears_that_the_desk_calls_back(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    await call.press("0")
    with line.database.write() as session:
        session.scalars(select(TicketRow)).one().state = "taken"
    await call.wait(50)
    assert "gọi lại ngay vào số này" in call.words
    assert call.over
    with line.database.read() as session:
        assert session.scalars(select(TicketRow)).one().state == "taken"
        assert session.get_one(CallRow, call.sid).outcome == "callback"


@pytest.mark.parametrize(
    ("done", "next_keys"),
    [
        (("1", "1", "142611050012#", "1"), NUMBER),
        (("2",), "1"),
        (("3",), "1"),
        (("5",), "123456"),
        (("22", "101#"), "1"),
    ],
)
async def test_a_pause_ends_look_ups_and_menus_of_calls_under_way(
    hotline: Make, done: tuple[str, ...], next_keys: str
) -> None:
    line = hotline(operators=("+842400000001",))
    line.keep_dossier()
    call = line.call()
    await call.begin()
    for pressed in done:
        await call.press(pressed)
    with line.database.write() as session:
        notices.put(session, "pause", "Trợ lý tạm dừng để kiểm tra.", "truong-ca")
    call.forget()
    await call.press(next_keys)
    assert call.words.startswith("Trợ lý tạm dừng")
    await call.press("0")
    assert call.waiting is not None
    assert call.waiting.tag == "Dial"


async def test_the_key_for_a_person_counts_when_the_pause_begins_in_mid_call(hotline: Make) -> None:
    line = hotline(operators=("+842400000001",))
    call = line.call()
    await call.begin()
    await call.press("2")
    with line.database.write() as session:
        notices.put(session, "pause", "Trợ lý tạm dừng để kiểm tra.", "truong-ca")
    await call.press("0")
    assert call.waiting is not None
    assert call.waiting.tag == "Dial"


async def test_a_complaint_by_keys_can_be_looked_up_with_what_was_heard(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    for pressed in ("3", "2", "2", "1"):
        call.forget()
        await call.press(pressed)
    with line.database.read() as session:
        ticket = session.scalars(select(TicketRow)).one()
    pin = pin_of(line.vault, ticket.number)
    assert (ticket.kind, len(pin)) == ("complaint", 6)
    for again in ("1", "#"):
        assert f"số {codes_said.ticket(ticket.number)}. Mã PIN để xem kết quả: {grouped(pin, 3)}." in call.words
        call.forget()
        await call.press(again)
    await call.hang_up()
    with line.database.read() as session:
        row = session.get_one(CallRow, call.sid)
        assert (row.outcome, row.left_at, row.state) == ("complaint", "complaint_told", None)
