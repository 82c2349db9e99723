"""Keeps what callers leave for staff in the store, and writes the words into the ticket where a model is installed."""

from __future__ import annotations

import asyncio

import structlog

from store.recordings import keep
from voice.effects import Caller, keep_transcript
from voice.line import Recogniser, Telephone
from voice.media.sound import TELEPHONE_RATE, Samples, to_mulaw

log = structlog.get_logger()
SCHEME = "store:"


class KeptMessages:
    """Where no model is installed, staff listen to the message."""

    def __init__(self, phone: Telephone) -> None:
        self._phone = phone
        self._jobs: set[asyncio.Task[None]] = set()

    async def keep(self, caller: Caller, samples: Samples) -> str:
        """Store a message; the address under which its ticket names it."""
        return SCHEME + await asyncio.to_thread(self._kept, caller.conversation_id, samples)

    def written_down(self, caller: Caller, samples: Samples) -> None:
        """Turn a message into words for its ticket, after the call has gone on."""
        if self._phone.recogniser is not None:
            job = asyncio.create_task(self._write(caller.conversation_id, samples, self._phone.recogniser))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)

    def _kept(self, conversation_id: str, samples: Samples) -> str:
        seconds = len(samples) // TELEPHONE_RATE
        with self._phone.database.write() as session:
            return keep(session, self._phone.vault, conversation_id, to_mulaw(samples), seconds)

    async def _write(self, conversation_id: str, samples: Samples, recogniser: Recogniser) -> None:
        try:
            text = await recogniser.transcribe(samples)
            await asyncio.to_thread(keep_transcript, self._phone, conversation_id, text)
        except Exception:
            log.exception("message not transcribed")
