"""The carrier's contract: signatures, repeated posts, records, the fallback, and what is never stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import structlog
from sqlalchemy import select, text
from structlog.testing import capture_logs

from store.calls import CallRow, CallTurnRow, close_forgotten, turns_of
from store.conversations import SealedValueRow
from store.tickets import TicketRow
from tests.voice.telephone import BASE, CARRIER_TOKEN, NUMBER, RUN_TOKEN, SHUT, Hotline, monday
from voice.simulator.carrier import Account, SimulatedCall, sign
from voice.simulator.mishearing import mishear

Make = Callable[..., Hotline]
POSTED = {"CallSid": "CA1", "From": "+84912345678", "CallStatus": "ringing"}


async def post(line: Hotline, url: str, token: str, path: str = "/voice/incoming") -> int:
    answer = await line.http.post(path, data=POSTED, headers={"X-Twilio-Signature": sign(token, url, POSTED)})
    return answer.status_code


@pytest.mark.parametrize("url", [f"{BASE}/voice/incoming", f"{BASE}:443/voice/incoming"])
async def test_the_address_is_signed_with_or_without_its_port(hotline: Make, url: str) -> None:
    assert await post(hotline(carrier_token=CARRIER_TOKEN), url, CARRIER_TOKEN) == 200


@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/turn?turn=1", "/voice/status", "/voice/fallback"])
async def test_a_wrong_signature_is_refused(hotline: Make, path: str) -> None:
    line = hotline(carrier_token=CARRIER_TOKEN)
    assert await post(line, BASE + path, "another-token", path) == 403


async def test_a_missing_signature_is_refused(hotline: Make) -> None:
    answer = await hotline(carrier_token=CARRIER_TOKEN).http.post("/voice/incoming", data=POSTED)
    assert answer.status_code == 403


async def test_a_changed_parameter_is_refused(hotline: Make) -> None:
    signature = sign(CARRIER_TOKEN, f"{BASE}/voice/incoming", POSTED)
    changed = {**POSTED, "From": "+84999999999"}
    line = hotline(carrier_token=CARRIER_TOKEN)
    answer = await line.http.post("/voice/incoming", data=changed, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403


async def test_without_a_carrier_only_the_simulator_is_served(hotline: Make) -> None:
    line = hotline()
    assert await post(line, f"{BASE}/voice/incoming", CARRIER_TOKEN) == 503
    assert await post(line, f"{BASE}/voice/incoming", RUN_TOKEN) == 200


async def test_the_clock_header_is_the_simulators_alone(hotline: Make) -> None:
    line = hotline(carrier_token=CARRIER_TOKEN)
    call = SimulatedCall(line.http, Account(BASE, CARRIER_TOKEN, at="1999-01-01T00:00:00+07:00"))
    await call.begin()
    with line.database.read() as session:
        assert session.get_one(CallRow, call.sid).started_at.year > 1999


async def test_the_same_post_again_changes_nothing(hotline: Make) -> None:
    line = hotline()
    call = line.call(at=SHUT)
    await call.begin()
    await call.press("0")
    assert await call.repeat() == call.last_document
    await call.press("1")
    await call.press("1")
    assert "Cảm ơn" in await call.repeat()
    with line.database.read() as session:
        assert len(session.scalars(select(TicketRow)).all()) == 1
        assert [turn.number for turn in turns_of(session, call.sid)] == [0, 1, 2, 3]


async def test_a_failure_names_the_conversation_of_the_call(hotline: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    line = hotline()
    call = line.call()
    monkeypatch.setattr("voice.webhook.render", lambda *rest: 1 / 0)
    with capture_logs((structlog.contextvars.merge_contextvars,)) as lines:
        await call.begin()
    with line.database.read() as session:
        conversation = session.get_one(CallRow, call.sid).conversation_id
    assert [(one["event"], one["conversation"]) for one in lines] == [("call not answered", conversation)]


async def test_two_calls_from_one_number_are_two_calls(hotline: Make) -> None:
    line = hotline()
    line.keep_dossier()
    one, two = line.call(), line.call()
    await one.begin()
    await two.begin()
    await one.press("1")
    await two.press("2")
    assert "Mã bắt đầu bằng" in one.words
    assert "Mã bắt đầu bằng" not in two.words
    await one.press("1142611050012#1")
    await two.press("1")
    assert "bốn số cuối" in one.words
    assert "Khai sinh, kết hôn" in two.words


async def test_a_call_in_mid_form_is_closed_where_it_was_left(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    await call.press("11142611050012#")
    await call.hang_up(seconds=21)
    with line.database.read() as session:
        row = session.get_one(CallRow, call.sid)
        assert (row.left_at, row.status, row.seconds, row.outcome) == ("code_check", "completed", 21, "none")
        assert row.state is None
        assert row.ended_at is not None
    assert len(line.forgotten) == 1


async def test_nothing_personal_is_readable_in_the_store(hotline: Make) -> None:
    line = hotline()
    line.keep_dossier()
    call = line.call(at=SHUT)
    await call.begin()
    await call.press("11142611050012#1")
    await call.press(NUMBER)
    await call.press("0")
    await call.press("12")
    await call.press("0987654321#1")
    with line.database.read() as session:
        tables = ("calls", "call_turns", "turns", "tickets", "sealed_values", "conversations", "dossier_attempts")
        dump = " ".join(str(row) for table in tables for row in session.execute(text(f"SELECT * FROM {table}")))
    for secret in ("261105", "0987654321", "912345678", f"'{NUMBER}'", "hai sáu, một một"):
        assert secret not in dump


async def test_values_are_forgotten_when_the_call_ends_unless_a_person_is_owed(hotline: Make) -> None:
    line = hotline()
    line.keep_dossier()
    for keys, left in ((("11142611050012#1", NUMBER), 0), (("11142611050012#1", NUMBER, "0"), 1)):
        call = line.call()
        await call.begin()
        for pressed in keys:
            await call.press(pressed)
        await call.hang_up()
        with line.database.read() as session:
            assert len(session.scalars(select(SealedValueRow)).all()) == left


async def test_a_recording_becomes_words_in_its_ticket(hotline: Make) -> None:
    async def transcribe(address: str) -> str:
        assert address.startswith("https://")
        return "gọi lại cho tôi số 0987654321"

    line = hotline(transcribe=transcribe)
    call = line.call(at=SHUT)
    await call.begin()
    await call.press("021")
    await call.leave_message(9)
    for _ in range(100):
        with line.database.read() as session:
            ticket = session.scalars(select(TicketRow)).one()
        if ticket.text:
            break
        await asyncio.sleep(0.02)
    assert ticket.text == "gọi lại cho tôi số ⟦phone:1⟧"
    assert "carrier.example" not in str(ticket.details)
    with line.database.read() as session:
        assert "recording_at" in session.get_one(CallRow, call.sid).consent


async def test_no_recording_without_the_key_that_agrees(hotline: Make) -> None:
    call = hotline().call(at=SHUT)
    await call.begin()
    await call.press("02")
    assert "<Record" not in call.last_document
    await call.press("1")
    assert "<Record" in call.last_document


async def test_an_error_inside_is_answered_with_words(hotline: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    line = hotline(operators=("+842400000001",))
    call = line.call()
    await call.begin()
    line.database.close()
    monkeypatch.setattr(line.database, "read", None)
    await call.press("1")
    assert "trục trặc" in call.words
    assert call.waiting is not None
    assert call.waiting.tag == "Dial"


async def test_the_fallback_says_the_hours_when_nobody_can_be_rung(hotline: Make) -> None:
    line = hotline()
    posted = {"CallSid": "CA9", "ErrorCode": "11200"}
    signature = sign(RUN_TOKEN, f"{BASE}/voice/fallback", posted)
    answer = await line.http.post("/voice/fallback", data=posted, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200
    assert "bảy giờ rưỡi" in answer.text
    assert "<Dial" not in answer.text


async def test_a_recorded_prompt_replaces_the_words(hotline: Make) -> None:
    line = hotline()
    line.folder.mkdir()
    (line.folder / "main.ask.wav").write_bytes(b"RIFF")
    call = line.call()
    await call.begin()
    assert [h.text for h in call.heard if h.recording] == [f"{BASE}/voice/prompts/main.ask.wav"]
    assert (await line.http.get("/voice/prompts/main.ask.wav")).content == b"RIFF"
    assert (await line.http.get("/voice/prompts/secret_key.wav")).status_code == 404


async def test_a_prompt_with_values_is_recorded_in_parts(hotline: Make) -> None:
    line = hotline()
    line.folder.mkdir()
    call = line.call()
    await call.begin()
    await call.press("11142611050012#")
    assert [h.recording for h in call.heard[-1:]] == [False]
    (line.folder / "code_check.again.1.wav").write_bytes(b"RIFF")
    (line.folder / "code_check.again.2.wav").write_bytes(b"RIFF")
    call.forget()
    await call.silence()
    assert [h.recording for h in call.heard] == [True, False, True]
    assert call.heard[1].text.startswith("hát không không, một bốn")
    assert (await line.http.get("/voice/prompts/code_check.again.2.wav")).status_code == 200


async def test_a_misheard_code_leaves_no_digits_in_the_record(hotline: Make) -> None:
    line = hotline()
    said = "hát không không chấm một bốn gạch ngang hai sáu một một không năm gạch ngang không không một hai"
    for seed in range(10):
        call = line.call()
        await call.begin()
        await call.press("1")
        await call.say(mishear(said, 0.3, seed))
        with line.database.read() as session:
            assert turns_of(session, call.sid)[-1].text == "⟦dossier:0⟧"


async def test_every_turn_is_timed(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    await call.say("làm khai sinh cho con 0987654321")
    with line.database.read() as session:
        turns: list[CallTurnRow] = turns_of(session, call.sid)
    assert [(t.heard, t.state) for t in turns] == [("began", "main"), ("speech", "main")]
    assert all(t.milliseconds > 0 for t in turns)
    assert turns[1].text == "làm khai sinh cho con ⟦phone:0⟧"


async def test_a_call_without_its_last_status_is_closed_later(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    with line.database.write() as session:
        assert close_forgotten(session, monday(9)) == 0
        assert close_forgotten(session, monday(13)) == 1


@pytest.mark.parametrize(
    ("pressed", "refused"),
    [(("8",), True), (("7", "7", "7"), False), (("11142611050012#", "2"), False)],
)
async def test_only_the_key_that_refuses_speech_is_kept_as_a_refusal(
    hotline: Make, pressed: tuple[str, ...], refused: bool
) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    for keys in pressed:
        await call.press(keys)
    with line.database.read() as session:
        assert ("speech_refused_at" in session.get_one(CallRow, call.sid).consent) is refused


@pytest.mark.parametrize("said", ["bốn ba hai một năm", "số của tôi là bốn ba hai một năm", "4 3 2 1 5"])
async def test_digits_that_are_spoken_reach_no_stored_turn(hotline: Make, said: str) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    await call.say(said)
    assert "nghe chưa rõ mã" in call.words
    assert line.conversation.asked == []
    with line.database.read() as session:
        assert turns_of(session, call.sid)[-1].text == "⟦dossier:0⟧"


async def test_a_year_is_not_taken_for_somebodys_number(hotline: Make) -> None:
    line = hotline()
    call = line.call()
    await call.begin()
    await call.say("sổ cấp năm 1998 thì đổi ở đâu")
    assert [message.text for message in line.conversation.asked] == ["sổ cấp năm 1998 thì đổi ở đâu"]
