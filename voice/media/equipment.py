"""What every streamed call needs, made once by the wiring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from voice.effects import Caller
from voice.line import Telephone
from voice.media.sound import Samples
from voice.media.synthesis import Synthesis
from voice.record import CallRecords

FILLER_SECONDS = 1.2


class Messages(Protocol):
    """Keeps what callers leave for staff."""

    async def keep(self, caller: Caller, samples: Samples) -> str:
        """Store a message; the address under which its ticket names it."""

    def written_down(self, caller: Caller, samples: Samples) -> None:
        """Have a kept message turned into words for its ticket, which is open by now."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """filler_seconds: without an answer, until something is said."""

    phone: Telephone
    records: CallRecords
    synthesis: Synthesis
    messages: Messages
    filler_seconds: float = FILLER_SECONDS
