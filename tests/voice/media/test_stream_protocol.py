"""The carrier's protocol at its edges: who is let in, broken messages, streams that begin or end oddly."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.voice.media.streaming import StreamedHotline, serving
from tests.voice.telephone import BASE, CARRIER_TOKEN, RUN_TOKEN, Hotline
from voice.media.frames import BadFrameError, Key, Played, Sound, Started, Stopped, read_frame
from voice.media.routes import MOST_BAD_FRAMES
from voice.media.synthesis import Synthesis
from voice.simulator.carrier import sign

Make = Callable[..., Hotline]
ADDRESS = f"{BASE.replace('https', 'wss')}/voice/media"
CONNECTED = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


async def status(hot: StreamedHotline, signature: str | None) -> int:
    headers = {"X-Twilio-Signature": signature} if signature else {}
    try:
        async with connect(f"{hot.server}/voice/media", additional_headers=headers, proxy=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def close_code(hot: StreamedHotline, *messages: str) -> int | None:
    headers = {"X-Twilio-Signature": sign(RUN_TOKEN, ADDRESS, {})}
    async with connect(f"{hot.server}/voice/media", additional_headers=headers, proxy=None) as socket:
        try:
            for message in messages:
                await socket.send(message)
            while True:
                await socket.recv()
        except ConnectionClosed:
            return socket.close_code


def start(call: str, ticket: str) -> str:
    values = {"streamSid": "MZ1", "callSid": call, "customParameters": {"ticket": ticket}}
    return json.dumps({"event": "start", "start": values, "streamSid": "MZ1"})


@sqlite
async def test_only_the_carrier_and_the_simulator_of_this_machine_are_let_in(
    hotline: Make, synthesis: Synthesis
) -> None:
    async with serving(hotline(carrier_token=CARRIER_TOKEN), synthesis) as hot:
        for token, expected in ((CARRIER_TOKEN, 101), (RUN_TOKEN, 101), ("another token", 403)):
            assert await status(hot, sign(token, ADDRESS, {})) == expected
        assert await status(hot, sign(CARRIER_TOKEN, ADDRESS.replace("media", "turn"), {})) == 403
        assert await status(hot, None) == 403
    async with serving(hotline(), synthesis) as hot:
        assert await status(hot, sign(CARRIER_TOKEN, ADDRESS, {})) == 503
        assert await status(hot, None) == 503


@sqlite
async def test_a_stream_needs_the_ticket_of_its_call_and_only_once(hotline: Make, synthesis: Synthesis) -> None:
    async with serving(hotline(), synthesis) as hot:
        call, other = await hot.call(), await hot.call()
        stolen, own = hot.stream(other).ticket, hot.stream(call).ticket
        assert await close_code(hot, CONNECTED, start(call.sid, stolen)) == 1008
        assert await close_code(hot, CONNECTED, start("CA-never-seen", stolen)) == 1008
        async with hot.stream(call) as stream:
            await stream.prompt()
            assert await close_code(hot, CONNECTED, start(call.sid, own)) == 1008
        assert await close_code(hot, CONNECTED, start(call.sid, own)) == 1008


@sqlite
@pytest.mark.parametrize(
    "messages",
    [
        [json.dumps({"event": "stop", "streamSid": "MZ1"})],
        [CONNECTED, json.dumps({"event": "media", "media": {"payload": "////"}})],
        [CONNECTED, json.dumps({"event": "dtmf", "dtmf": {"digit": "1"}})],
        ["no JSON"] * (MOST_BAD_FRAMES + 1),
        [CONNECTED, *[json.dumps({"event": "start", "start": {"streamSid": "MZ1"}})] * (MOST_BAD_FRAMES + 1)],
    ],
)
async def test_a_stream_that_does_not_begin_is_ended(hotline: Make, synthesis: Synthesis, messages: list[str]) -> None:
    async with serving(hotline(), synthesis) as hot:
        assert await close_code(hot, *messages) == 1007


@sqlite
async def test_a_message_too_large_ends_the_stream_and_not_the_gateway(hotline: Make, synthesis: Synthesis) -> None:
    async with serving(hotline(), synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.prompt()
            await stream.send(json.dumps({"event": "media", "media": {"payload": "/" * 70_000}}))
            assert await stream.prompt() is None
            assert stream.closed == 1009
        await call.stream_ended()
        assert "bấm" in call.words
        assert await status(hot, sign(RUN_TOKEN, ADDRESS, {})) == 101


@sqlite
async def test_broken_messages_in_a_call_are_passed_over(hotline: Make, synthesis: Synthesis) -> None:
    broken = ("", "[]", "{", '{"event": 7}', '{"event": "media"}', '{"event": "dtmf", "dtmf": {"digit": "A"}}')
    async with serving(hotline(), synthesis) as hot:
        call = await hot.call()
        async with hot.stream(call) as stream:
            await stream.prompt()
            for text in (*broken, '{"event": "something-new"}'):
                await stream.send(text)
            await stream.press("2")
            assert await stream.prompt() is not None
        assert [turn.heard for turn in hot.turns(call)] == ["began", "keys"]


def test_messages_as_the_carrier_documents_them() -> None:
    sound = base64.b64encode(b"\xff" * 160).decode()
    inbound = json.dumps({"event": "media", "media": {"track": "inbound", "payload": sound}})
    assert read_frame(inbound) == Sound(b"\xff" * 160)
    assert read_frame(inbound.replace("inbound", "outbound")) is None
    assert read_frame('{"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "#"}}') == Key("#")
    assert read_frame('{"event": "mark", "mark": {"name": "prompt-1"}}') == Played("prompt-1")
    assert read_frame('{"event": "stop", "stop": {"callSid": "CA1"}}') == Stopped()
    assert read_frame(start("CA1", "t")) == Started("MZ1", "CA1", {"ticket": "t"})


@pytest.mark.parametrize(
    "text",
    [
        '{"event": "media", "media": {"payload": "not base 64!"}}',
        '{"event": "media", "media": {"payload": 7}}',
        json.dumps({"event": "media", "media": {"payload": "A" * 20_000}}),
        '{"event": "start", "start": {"streamSid": "MZ1", "callSid": "", "customParameters": null}}',
        '{"event": "start", "start": {"streamSid": "M", "callSid": "C", "mediaFormat": {"encoding": "audio/x-alaw"}}}',
        "[" * 50_000,
    ],
)
def test_what_no_carrier_sends(text: str) -> None:
    with pytest.raises(BadFrameError):
        read_frame(text)
