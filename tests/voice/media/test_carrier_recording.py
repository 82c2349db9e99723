"""Recordings are fetched from the carrier's host alone, and the carrier's credentials go nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import numpy as np
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from tests.channels.zalo_desk import listening
from voice.media import carrier_recording
from voice.media.carrier_recording import carrier_transcriber
from voice.media.sound import TELEPHONE_RATE, Samples, to_wav

Transcribe = Callable[[str], Awaitable[str]]


class Carrier:
    """A host with a recording, one that is elsewhere, one that never ends; asked: the authorisation of each request."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/{name}.wav", self.recording, methods=["GET"])
        return app

    async def recording(self, name: str, request: Request) -> Response:
        self.asked.append(request.headers.get("Authorization", ""))
        if name == "moved":
            return RedirectResponse("/sound.wav")
        if name == "slow":
            return StreamingResponse(self._trickle())
        return Response(to_wav(np.zeros(800, np.int16), TELEPHONE_RATE))

    async def _trickle(self) -> AsyncIterator[bytes]:
        while True:
            yield b"."
            await asyncio.sleep(0.02)


@pytest.fixture
async def carrier() -> AsyncIterator[tuple[Carrier, str]]:
    made = Carrier()
    async with listening(made.app()) as address:
        yield made, address


def transcriber(base: str) -> Transcribe:
    async def words(samples: Samples) -> str:
        return f"{len(samples)} mẫu"

    return carrier_transcriber(words, base, "account", "secret")


async def test_a_recording_of_the_carrier_becomes_words(carrier: tuple[Carrier, str]) -> None:
    host, base = carrier
    assert await transcriber(base)(f"{base}/sound") == "800 mẫu"
    assert host.asked[0].startswith("Basic ")


@pytest.mark.parametrize("base", ["https://api.twilio.com", "http://127.0.0.1:1", "{address}.example"])
async def test_nothing_is_asked_of_another_host(carrier: tuple[Carrier, str], base: str) -> None:
    host, address = carrier
    with pytest.raises(ValueError, match="carrier's host"):
        await transcriber(base.format(address="http://carrier"))(f"{address}/sound")
    assert host.asked == []


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "//", "sound", "http://[", "https://api.twilio.com@evil.example/a"]
)
async def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|carrier's host"):
        await transcriber("https://api.twilio.com")(address)


async def test_a_redirect_is_not_followed(carrier: tuple[Carrier, str]) -> None:
    host, base = carrier
    with pytest.raises(httpx.HTTPStatusError):
        await transcriber(base)(f"{base}/moved")
    assert len(host.asked) == 1


async def test_an_endless_recording_is_given_up(carrier: tuple[Carrier, str], monkeypatch: pytest.MonkeyPatch) -> None:
    _, base = carrier
    monkeypatch.setattr(carrier_recording, "MOST_BYTES", 3)
    with pytest.raises(ValueError, match="longer"):
        await transcriber(base)(f"{base}/slow")
    monkeypatch.setattr(carrier_recording, "MOST_BYTES", 10_000)
    monkeypatch.setattr(carrier_recording, "TIME_LIMIT", 0.3)
    with pytest.raises(TimeoutError):
        await transcriber(base)(f"{base}/slow")
