"""µ-law, WAV and sampling rates."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from voice.media.sound import FRAME, TELEPHONE_RATE, beep, from_mulaw, from_wav, resampled, silence, to_mulaw, to_wav


def test_mulaw_as_the_recommendation_gives_it() -> None:
    """ITU-T G.711: code 0xFF is zero, 0x80 the largest positive value, 0x00 the largest negative one."""
    assert from_mulaw(bytes([0xFF, 0x7F, 0x80, 0x00])).tolist() == [0, 0, 32124, -32124]
    assert to_mulaw(np.array([0, 32767, -32768], np.int16)) == bytes([0xFF, 0x80, 0x00])


def test_every_code_survives_the_way_there_and_back() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert to_mulaw(from_mulaw(codes)) == codes


def test_speech_loses_little() -> None:
    loud = (12000 * np.sin(np.arange(8000) / 7)).astype(np.int16)
    back = from_mulaw(to_mulaw(loud)).astype(np.float64)
    noise = ((back - loud) ** 2).mean()
    assert 10 * np.log10((loud.astype(np.float64) ** 2).mean() / noise) > 35


def test_another_rate_keeps_length_and_pitch() -> None:
    tone = (9000 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)).astype(np.int16)
    changed = resampled(tone, 22050, TELEPHONE_RATE)
    assert len(changed) == TELEPHONE_RATE
    loudest = np.abs(np.fft.rfft(changed.astype(np.float64))).argmax()
    assert loudest == 440
    assert resampled(tone, 8000, 8000) is tone


def test_wav_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(to_wav(beep(), TELEPHONE_RATE))
    samples, rate = from_wav(path)
    assert rate == TELEPHONE_RATE
    assert np.array_equal(samples, beep())


def test_two_channels_are_mixed() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(np.array([100, 300, -50, 50], "<i2").tobytes())
    samples, rate = from_wav(file.getvalue())
    assert (samples.tolist(), rate) == ([200, 0], 16000)


def test_other_files_are_refused() -> None:
    eight = io.BytesIO()
    with wave.open(eight, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8000)
        out.writeframes(bytes(100))
    for data in (b"", b"ID3 not a wav", eight.getvalue()):
        with pytest.raises(ValueError, match=r"WAV|bits"):
            from_wav(data)


def test_silence_is_whole_frames() -> None:
    assert len(silence(1.0)) == 50 * FRAME
    assert to_mulaw(silence(0.02)) == b"\xff" * FRAME
