"""Finds where a caller begins and ends to speak, counting in sound that arrived, never by a clock."""

from __future__ import annotations

from collections import deque
from typing import Protocol

import numpy as np

from voice.media.activity import PIECE, PIECE_SECONDS
from voice.media.sound import Samples

BARGE_IN_SECONDS = 0.3
SHORTEST_SECONDS = 0.09
LONGEST_SECONDS = 15.0
BEFORE_SECONDS = 0.3
_ON, _OFF = 0.5, 0.35


class Detects(Protocol):
    """Tells speech from other sound."""

    def probability(self, piece: Samples) -> float:
        """How surely a piece of `PIECE` samples is speech."""


class UtteranceFinder:
    """end_seconds: of silence that end an utterance."""

    def __init__(self, activity: Detects, end_seconds: float) -> None:
        self._activity, self._end = activity, end_seconds
        self._rest = np.zeros(0, np.int16)
        self._before: deque[Samples] = deque(maxlen=round(BEFORE_SECONDS / PIECE_SECONDS))
        self._pieces: list[Samples] = []
        self._spoken = self._silent = 0.0

    @property
    def interrupts(self) -> bool:
        """Whether the caller has spoken long enough to be given the floor."""
        return self._spoken >= BARGE_IN_SECONDS

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and not ended."""
        return bool(self._pieces)

    def hear(self, samples: Samples) -> Samples | None:
        """The utterance that ends with these samples, if one does."""
        self._rest = np.concatenate((self._rest, samples))
        found = None
        while len(self._rest) >= PIECE and found is None:
            piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
            found = self._piece(piece)
        return found

    def _piece(self, piece: Samples) -> Samples | None:
        speech = self._activity.probability(piece) >= (_OFF if self._pieces and not self._silent else _ON)
        if not self._pieces and not speech:
            self._before.append(piece)
            return None
        if not self._pieces:
            self._pieces = list(self._before)
        self._pieces.append(piece)
        self._spoken += PIECE_SECONDS if speech else 0.0
        self._silent = 0.0 if speech else self._silent + PIECE_SECONDS
        if self._silent < self._end and len(self._pieces) * PIECE_SECONDS < LONGEST_SECONDS:
            return None
        return self._taken()

    def _taken(self) -> Samples | None:
        whole, spoken = np.concatenate(self._pieces), self._spoken
        self._pieces, self._spoken, self._silent = [], 0.0, 0.0
        self._before.clear()
        return whole if spoken >= SHORTEST_SECONDS else None
