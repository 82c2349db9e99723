"""Fetches a message that the carrier recorded, and writes down what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from voice.media.sound import TELEPHONE_RATE, Samples, from_wav, resampled

MOST_BYTES = 20_000_000
TIME_LIMIT = 30.0


def carrier_transcriber(
    transcribe: Callable[[Samples], Awaitable[str]], api_base: str, account: str | None, secret: str | None
) -> Callable[[str], Awaitable[str]]:
    """Turns the address of a recording into its words. account, secret: the carrier's basic authentication.

    Recordings are fetched from the host of `api_base` alone, so the authentication goes nowhere else.

    Raises httpx.HTTPError, TimeoutError after `TIME_LIMIT` seconds, or ValueError when there is no usable sound.
    """
    auth = httpx.BasicAuth(account, secret) if account and secret else None

    async def transcribed(address: str) -> str:
        if _origin(address) != _origin(api_base):
            raise ValueError("the recording is not on the carrier's host")
        async with asyncio.timeout(TIME_LIMIT), httpx.AsyncClient(auth=auth, timeout=TIME_LIMIT) as http:
            samples, rate = from_wav(await _fetched(http, f"{address}.wav"))
        return await transcribe(resampled(samples, rate, TELEPHONE_RATE))

    return transcribed


def _origin(address: str) -> tuple[str, bytes, int | None]:
    """Scheme, host and port. Raises ValueError for what is no address."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise ValueError("not an address") from error
    return url.scheme, url.raw_host, url.port


async def _fetched(http: httpx.AsyncClient, address: str) -> bytes:
    data = b""
    async with http.stream("GET", address) as answer:
        answer.raise_for_status()
        async for piece in answer.aiter_bytes():
            data += piece
            if len(data) > MOST_BYTES:
                raise ValueError("the recording is longer than any message")
    return data
