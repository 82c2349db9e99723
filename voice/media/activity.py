"""Whether somebody speaks: the Silero model that the package `faster-whisper` carries, on the telephone's band.

The model wants 32 ms at 16 kHz; the telephone's samples are doubled. It carries its state from piece to piece, so each
stream has one of its own, over one loaded model.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.media.sound import TELEPHONE_RATE, Samples

PIECE = 256
PIECE_SECONDS = PIECE / TELEPHONE_RATE
_CONTEXT = 64
_INAUDIBLE = 60.0


class Activity:
    """Tells speech from other sound, one piece of `PIECE` samples after another."""

    def __init__(self) -> None:
        self._hidden = np.zeros((1, 1, 128), np.float32)
        self._cell = np.zeros((1, 1, 128), np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)
        self._last = 0.0

    def probability(self, piece: Samples) -> float:
        """How surely a piece is speech, 0 to 1. A piece that nobody could hear is not looked at."""
        wide = piece.astype(np.float32)
        doubled = self._doubled(wide)
        row = np.concatenate((self._before, doubled))[None, :]
        self._before = doubled[-_CONTEXT:]
        if float(np.sqrt(np.mean(wide * wide))) < _INAUDIBLE:
            return 0.0
        told, self._hidden, self._cell = _model().run(None, {"input": row, "h": self._hidden, "c": self._cell})
        return float(told.reshape(-1)[0])

    def _doubled(self, wide: NDArray[np.float32]) -> NDArray[np.float32]:
        """The piece at twice the rate, each new sample between its neighbours."""
        before = np.concatenate(([self._last], wide[:-1]))
        self._last = float(wide[-1])
        doubled = np.empty(2 * len(wide), np.float32)
        doubled[0::2], doubled[1::2] = (before + wide) / 65536, wide / 32768
        return doubled


@lru_cache(maxsize=1)
def _model() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    path = files("faster_whisper.assets") / "silero_vad_v6.onnx"
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
