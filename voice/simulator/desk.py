"""Calls that browsers of `/call` have open: each is a simulated carrier of its own, held here, never in the browser."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import numpy as np

from voice.line import Recogniser
from voice.simulator.carrier import Account, CarrierError, Heard, SimulatedCall
from voice.simulator.script import act

MOST_CALLS = 50
IDLE_SECONDS = 600.0
MOST_SOUNDS = 500


class Synthesise(Protocol):
    """Makes a WAV file of a text."""

    async def __call__(self, text: str, *, slow: bool = False) -> bytes:
        """The file, at a slower pace when `slow`."""


class CallGoneError(Exception):
    """No such call is open here, or too many are."""


@dataclass
class _Open:
    call: SimulatedCall
    used: float


@dataclass
class CallDesk:
    """http: reaches this gateway. token: made for this run.

    synthesise: text to WAV; recogniser: sound to words. Without them the browser does what it can.
    """

    http: httpx.AsyncClient
    base: str
    token: str
    synthesise: Synthesise | None = None
    recogniser: Recogniser | None = None
    _calls: dict[str, _Open] = field(default_factory=dict)
    _sounds: dict[str, tuple[str, bool]] = field(default_factory=dict)

    async def start(self, client: str) -> dict[str, Any]:
        """Place a call; what is heard and what may be done, for the page. client: the browser's address."""
        self._forget_idle()
        if len(self._calls) >= MOST_CALLS:
            raise CallGoneError
        caller = f"+849{secrets.randbelow(10**8):08d}"
        call = SimulatedCall(self.http, Account(self.base, self.token, client=client), caller)
        key = secrets.token_urlsafe(16)
        self._calls[key] = _Open(call, time.monotonic())
        await call.begin()
        return {"call": key, "hears": self.recogniser is not None, **self._shown(call)}

    async def hear(self, key: str, pcm: bytes) -> str:
        """What was said to a call, as 16-bit samples at 8 kHz, in words; "" for what is no speech."""
        held = self._calls.get(key)
        if held is None or self.recogniser is None:
            raise CallGoneError
        held.used = time.monotonic()
        gather = held.call.waiting
        hints = gather.get("hints", "") if gather is not None else ""
        phrases = tuple(hint.strip() for hint in hints.split(",") if hint.strip())
        return await self.recogniser.hear(np.frombuffer(pcm, "<i2").astype(np.int16), phrases, free=True)

    async def act(self, key: str, step: dict[str, Any]) -> dict[str, Any]:
        """Do what the caller did; what is heard then. An act that does not fit changes nothing."""
        held = self._calls.get(key)
        if held is None:
            raise CallGoneError
        held.used = time.monotonic()
        try:
            await act(held.call, step)
        except CarrierError as error:
            return {"call": key, "problem": str(error), **self._shown(held.call)}
        if held.call.over:
            del self._calls[key]
        return {"call": key, **self._shown(held.call)}

    def _shown(self, call: SimulatedCall) -> dict[str, Any]:
        waiting = call.waiting
        attributes: dict[str, str] = dict(waiting.attrib) if waiting is not None else {}
        heard = [
            {"text": h.text, "recording": h.recording, "slow": h.slow, "sound": self._sound(h)} for h in call.heard
        ]
        whispered = [h.text for h in call.whispered]
        call.whispered.clear()
        return {
            "heard": heard,
            "whispered": whispered,
            "waits": "over" if call.over else waiting.tag if waiting is not None else "nothing",
            "speech": "speech" in attributes.get("input", "dtmf"),
            "timeout": int(attributes.get("timeout", 5)),
            "digits": int(attributes.get("numDigits", 0)),
            "finish": attributes.get("finishOnKey", "#"),
        }

    def _sound(self, heard: Heard) -> str | None:
        if self.synthesise is None or heard.recording:
            return None
        key = hashlib.sha256(f"{heard.slow} {heard.text}".encode()).hexdigest()[:32]
        while len(self._sounds) >= MOST_SOUNDS:
            self._sounds.pop(next(iter(self._sounds)))
        self._sounds[key] = (heard.text, heard.slow)
        return f"/call/sound/{key}.wav"

    async def sound(self, key: str) -> bytes | None:
        """The WAV of a sentence that was heard lately."""
        said = self._sounds.get(key)
        return (
            await self.synthesise(said[0], slow=said[1]) if said is not None and self.synthesise is not None else None
        )

    def _forget_idle(self) -> None:
        limit = time.monotonic() - IDLE_SECONDS
        for key in [key for key, held in self._calls.items() if held.used < limit]:
            del self._calls[key]
