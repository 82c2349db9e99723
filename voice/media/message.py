"""Records a message that the caller agreed to leave: from the tone to a key, a long silence, or the call's end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from voice.media.activity import PIECE, Activity
from voice.media.sound import TELEPHONE_RATE, Samples
from voice.media.utterance import Detects
from voice.twiml import MAX_MESSAGE_SECONDS

SILENT_SECONDS = 5.0
END_KEY = "#"
_SPEECH = 0.5


@dataclass
class MessageRecorder:
    """Keeps what is heard in memory, and where speech was last heard."""

    activity: Detects = field(default_factory=Activity)
    _heard: list[Samples] = field(default_factory=list)
    _rest: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    _length: int = 0
    _spoken_until: int = 0

    def hear(self, samples: Samples) -> bool:
        """More sound; whether the message is over."""
        self._rest = np.concatenate((self._rest, samples))
        while len(self._rest) >= PIECE:
            piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
            self._heard.append(piece)
            self._length += PIECE
            if self.activity.probability(piece) >= _SPEECH:
                self._spoken_until = self._length
        silent = (self._length - self._spoken_until) / TELEPHONE_RATE
        return silent >= SILENT_SECONDS or self._length >= MAX_MESSAGE_SECONDS * TELEPHONE_RATE

    def message(self) -> Samples:
        """The message without the silence after it; empty when nobody spoke."""
        whole = np.concatenate(self._heard) if self._heard else np.zeros(0, np.int16)
        return whole[: self._spoken_until + TELEPHONE_RATE // 4] if self._spoken_until else whole[:0]
