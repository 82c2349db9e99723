"""eSpeak NG, whose library and Vietnamese data the package `espeakng-loader` carries: no program needs installing."""

from __future__ import annotations

import json
import select
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import IO

import numpy as np

from voice.media.espeak_process import HEAD
from voice.media.sound import Samples

VOICE = "vi"
WORDS_A_MINUTE, SLOW_WORDS_A_MINUTE = 165, 140
LONGEST_SECONDS = 10.0
_LOUDEST = 0.75 * 32767
_WORKER = Path(__file__).with_name("espeak_process.py")


class SynthesisError(Exception):
    """No sound could be made."""


class Espeak:
    """voice: one of eSpeak NG's, such as `vi`, `vi-vn-x-central` or `vi-vn-x-south`. Its process starts when needed."""

    def __init__(self, voice: str = VOICE) -> None:
        self._voice, self._lock = voice, threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.name = f"espeak-ng {voice} {WORDS_A_MINUTE}/{SLOW_WORDS_A_MINUTE}"

    def render(self, text: str, *, slow: bool) -> tuple[Samples, int]:
        """The samples of a text, and their rate in hertz; a process that died is started once more."""
        request = {"text": text, "pace": SLOW_WORDS_A_MINUTE if slow else WORDS_A_MINUTE}
        line = json.dumps(request).encode() + b"\n"
        with self._lock:
            for _ in range(2):
                try:
                    return self._asked(line)
                except OSError:
                    self._end()
        raise SynthesisError(f"eSpeak NG gives no sound with the voice {self._voice}")

    def _asked(self, line: bytes) -> tuple[Samples, int]:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        process.stdin.write(line)
        rate, size = HEAD.unpack(_read(process.stdout, HEAD.size))
        samples = np.frombuffer(_read(process.stdout, size), dtype=np.int16)
        if not rate:
            raise SynthesisError("eSpeak NG refused the text")
        return _softened(samples), rate

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, str(_WORKER), self._voice]
            self._process = subprocess.Popen(
                command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
            self._ended = weakref.finalize(self, _end, self._process)
        return self._process

    def _end(self) -> None:
        self._ended()
        self._process = None


def _read(stream: IO[bytes], size: int) -> bytes:
    """Exactly `size` bytes; raises OSError when the process ended or stays silent."""
    data = b""
    while len(data) < size:
        ready, _, _ = select.select([stream], [], [], LONGEST_SECONDS)
        piece = stream.read(size - len(data)) if ready else b""
        if not piece:
            raise OSError("no answer")
        data += piece
    return data


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def _softened(samples: Samples) -> Samples:
    """The samples with their loudest at three quarters: µ-law and cheap receivers distort above it."""
    loudest = int(np.abs(samples.astype(np.int32)).max(initial=0))
    return samples if loudest <= _LOUDEST else (samples * (_LOUDEST / loudest)).astype(np.int16)
