"""Rendered prompts on disk, named by a hash of what they say and who says it; the folder never outgrows its bound."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

MOST_BYTES = 128 * 1024 * 1024
_KEPT_SHARE = 0.75


class SoundFolder:
    """folder: made when needed. most_bytes: beyond it the sounds used longest ago are deleted."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes

    def find(self, key: str) -> bytes | None:
        """The sound kept under a key."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except FileNotFoundError:
            return None
        return data

    def keep(self, key: str, data: bytes) -> None:
        """Keep a sound; a reader finds all of it or nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(key)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        unfinished.write_bytes(data)
        unfinished.replace(path)
        self._prune()

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.wav"

    def _prune(self) -> None:
        sounds = sorted(((path.stat(), path) for path in self._folder.glob("*.wav")), key=lambda s: -s[0].st_mtime)
        held = sum(stat.st_size for stat, _ in sounds)
        if held <= self._most:
            return
        while sounds and held > self._most * _KEPT_SHARE:
            stat, path = sounds.pop()
            path.unlink(missing_ok=True)
            held -= stat.st_size
