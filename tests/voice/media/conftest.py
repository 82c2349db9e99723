"""A voice for the tests of media streams."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.media.espeak import Espeak
from voice.media.sound_folder import SoundFolder
from voice.media.synthesis import Synthesis


@pytest.fixture
def synthesis(tmp_path: Path) -> Synthesis:
    """eSpeak NG, with nothing recorded and nothing kept on disk."""
    return Synthesis(Espeak(), SoundFolder(tmp_path / "sounds"), tmp_path / "recordings", frozenset)
