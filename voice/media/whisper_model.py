"""Recognition by a Whisper model in faster-whisper form: ranks the phrases that a state allows, else writes down.

A small model mishears telephone speech too often to be believed word for word; asked which of a few phrases was said,
it is mostly right. Scoring a phrase costs about as much as decoding it, so of the phrases that fit the length of what
was said only those nearest to the free transcription are scored: by the mean log probability of their tokens.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from voice.heard import likeness
from voice.media.sound import FRAME, FRAME_SECONDS, TELEPHONE_RATE, Samples, resampled
from voice.speakable import syllables

RATE = 16000
THREADS = 2
MOST_SCORED = 8
SURE, POSSIBLE = -3.6, -4.3
SLOWEST, FASTEST = 1.4, 8.0
_FRAMES_A_SECOND, _FEWEST_FRAMES, _MOST_FRAMES = 100, 300, 3000
_MOST_TOKENS_A_SECOND = 12
_LOUD = 0.08


class WhisperModel:
    """folder: a multilingual faster-whisper model, loaded when needed. One utterance is recognised at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="speech")
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    async def hear(self, samples: Samples, phrases: tuple[str, ...], *, free: bool) -> str:
        """The phrase that was said, or other words when `free`; "" when it was neither."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._hear, samples, phrases, free)

    async def transcribe(self, samples: Samples) -> str:
        """A message of any length as words."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write_down, samples)

    def _model(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                from faster_whisper import WhisperModel as Model
                from faster_whisper.tokenizer import Tokenizer

                model = Model(str(self._folder), device="cpu", compute_type="int8", cpu_threads=THREADS)
                tokenizer = Tokenizer(model.hf_tokenizer, True, task="transcribe", language="vi")
                self._loaded = (model, tokenizer)
            return self._loaded

    def _hear(self, samples: Samples, phrases: tuple[str, ...], free: bool) -> str:
        encoded, frames = self._encoded(samples)
        written = self._decoded(encoded, len(samples) / TELEPHONE_RATE)
        fitting = [phrase for phrase in phrases if SLOWEST <= syllables(phrase) / spoken_seconds(samples) <= FASTEST]
        nearest = sorted(fitting, key=lambda phrase: -likeness(written, phrase))[:MOST_SCORED]
        score, phrase = max(zip(self._scores(encoded, frames, nearest), nearest, strict=True), default=(POSSIBLE, ""))
        if free:
            return phrase if score >= SURE else written
        return phrase if score >= POSSIBLE else ""

    def _encoded(self, samples: Samples) -> tuple[Any, int]:
        from faster_whisper.audio import pad_or_trim

        sound = resampled(samples, TELEPHONE_RATE, RATE).astype(np.float32) / 32768
        model, _ = self._model()
        frames = min(_MOST_FRAMES, len(sound) * _FRAMES_A_SECOND // RATE)
        room = max(_FEWEST_FRAMES, -(-(frames + 50) // 100) * 100)
        return model.encode(pad_or_trim(model.feature_extractor(sound), min(room, _MOST_FRAMES))), frames

    def _decoded(self, encoded: Any, seconds: float) -> str:
        model, tokenizer = self._model()
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        most = len(prompt) + 4 + round(seconds * _MOST_TOKENS_A_SECOND)
        result = model.model.generate(encoded, [prompt], beam_size=1, max_length=most, no_repeat_ngram_size=3)[0]
        return str(tokenizer.decode(result.sequences_ids[0])).strip()

    def _scores(self, encoded: Any, frames: int, phrases: list[str]) -> list[float]:
        if not phrases:
            return []
        import ctranslate2

        model, tokenizer = self._model()
        tokens = [tokenizer.encode(f" {phrase}") for phrase in phrases]
        many = ctranslate2.StorageView.from_array(np.repeat(np.array(encoded), len(phrases), axis=0))
        aligned = model.model.align(many, tokenizer.sot_sequence, tokens, frames)
        return [float(np.log(np.clip(one.text_token_probs, 1e-6, 1)).mean()) for one in aligned]

    def _write_down(self, samples: Samples) -> str:
        sound = resampled(samples, TELEPHONE_RATE, RATE).astype(np.float32) / 32768
        model, _ = self._model()
        segments, _ = model.transcribe(
            sound, language="vi", beam_size=2, vad_filter=True, condition_on_previous_text=False
        )
        return " ".join(segment.text.strip() for segment in segments)


def spoken_seconds(samples: Samples) -> float:
    """From the first to the last of what is loud in an utterance; at least a tenth of a second."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float32)
    loudness = np.sqrt((frames * frames).mean(axis=1))
    loud = np.flatnonzero(loudness > loudness.max(initial=0.0) * _LOUD)
    return max(0.1, (loud[-1] - loud[0] + 1) * FRAME_SECONDS) if len(loud) else 0.1
