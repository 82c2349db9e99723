"""Sound as samples: G.711 µ-law of the telephone network, WAV, and the change of sampling rate."""

from __future__ import annotations

import io
import wave
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

TELEPHONE_RATE = 8000
FRAME = 160
FRAME_SECONDS = FRAME / TELEPHONE_RATE
_BIAS, _CLIP = 0x84, 32635


def _decoded() -> Samples:
    """The 256 values of ITU-T G.711 µ-law: sign, exponent and mantissa, all bits inverted."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


_DECODED = _decoded()


def from_mulaw(data: bytes) -> Samples:
    """The samples of µ-law bytes, one a byte."""
    return _DECODED[np.frombuffer(data, dtype=np.uint8)]


def to_mulaw(samples: Samples) -> bytes:
    """Samples as µ-law bytes."""
    wide = samples.astype(np.int32)
    size = np.minimum(np.abs(wide), _CLIP) + _BIAS
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 15
    code = np.where(wide < 0, 0x80, 0) | (exponent << 4) | mantissa
    packed: NDArray[np.uint8] = (~code & 0xFF).astype(np.uint8)
    return packed.tobytes()


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at another rate in hertz, without what the lower rate cannot carry."""
    if rate == wanted or not len(samples):
        return samples
    from scipy.signal import resample_poly

    divisor = gcd(rate, wanted)
    changed: NDArray[np.float32] = resample_poly(samples.astype(np.float32), wanted // divisor, rate // divisor)
    return np.clip(np.rint(changed), -32768, 32767).astype(np.int16)


def to_wav(samples: Samples, rate: int) -> bytes:
    """A WAV file of 16 bits, one channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def from_wav(source: Path | bytes) -> tuple[Samples, int]:
    """Samples and rate of a WAV file of 16-bit PCM, channels mixed; raises ValueError for any other."""
    try:
        with wave.open(str(source) if isinstance(source, Path) else io.BytesIO(source)) as file:
            if file.getsampwidth() != 2:
                raise ValueError(f"{8 * file.getsampwidth()} bits a sample; 16 are needed")
            channels, rate = file.getnchannels(), file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    except (wave.Error, EOFError) as error:
        raise ValueError(f"not a WAV file of 16-bit PCM: {error}") from error
    mixed = samples.reshape(-1, channels).mean(axis=1) if channels > 1 else samples
    return mixed.astype(np.int16), rate


def silence(seconds: float) -> Samples:
    """So many seconds of nothing, at the telephone's rate."""
    return np.zeros(round(seconds * TELEPHONE_RATE), dtype=np.int16)


def beep(seconds: float = 0.4, hertz: float = 1000.0) -> Samples:
    """The tone before a recording, at the telephone's rate."""
    at = np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    return (9000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)
