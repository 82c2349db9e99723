"""Runs as a process of its own: eSpeak NG speaks what standard input asks for, until that is closed.

The library is C with one state a process; here a fault of it costs one sentence, not the gateway. A request is a line
of JSON, ``{"text", "pace"}`` with words a minute; an answer is the rate and the number of bytes (two big-endian 32-bit
numbers), then 16-bit samples. Rate 0 means that the library refused.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys
from typing import Any

import espeakng_loader

HEAD = struct.Struct(">II")
_SYNCHRONOUS, _DONT_EXIT, _UTF8 = 2, 1 << 15, 1
_CHARACTER_POSITION, _RATE = 1, 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def main(voice: str) -> int:
    """Answer requests with the sound of `voice`; 1 when the library or the voice is missing."""
    heard: list[bytes] = []

    def collect(samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            heard.append(ctypes.string_at(samples, 2 * count))
        return 0

    library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), _DONT_EXIT)
    if rate <= 0 or library.espeak_SetVoiceByName(voice.encode()) != 0:
        return 1
    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    for line in sys.stdin.buffer:
        heard.clear()
        asked = json.loads(line)
        library.espeak_SetParameter(_RATE, int(asked["pace"]), 0)
        text = asked["text"].replace("\0", " ").encode() + b"\0"
        refused = library.espeak_Synth(text, len(text), 0, _CHARACTER_POSITION, 0, _UTF8, None, None) != 0
        sound = b"".join(heard)
        sys.stdout.buffer.write(HEAD.pack(0 if refused else rate, len(sound)) + sound)
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
