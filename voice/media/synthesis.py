"""Makes prompts audible: a recording when staff have put one in place, else the engine, whose sounds are kept.

Only sentences of `prompts.yml` that hold nothing of a call are kept on disk; what is said to one caller stays in memory
for a while and is then forgotten.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Formatter
from typing import Protocol

import structlog

from voice.book import Book
from voice.call_state import Line
from voice.media.sound import TELEPHONE_RATE, Samples, from_wav, resampled, to_mulaw, to_wav
from voice.media.sound_folder import SoundFolder

log = structlog.get_logger()
MOST_REMEMBERED = 200


class Engine(Protocol):
    """Any synthesis that gives PCM. name: of engine, voice and pace; sounds kept under another name are not used."""

    name: str

    def render(self, text: str, *, slow: bool) -> tuple[Samples, int]:
        """The samples of a text and their rate in hertz; called in a thread, raises `SynthesisError`."""


class Synthesis:
    """recordings: folder of WAV files named like prompts. fixed: the sentences that may be kept on disk."""

    def __init__(
        self, engine: Engine, folder: SoundFolder, recordings: Path, fixed: Callable[[], frozenset[str]]
    ) -> None:
        self._engine, self._folder, self._recordings, self._fixed = engine, folder, recordings, fixed
        self._remembered: OrderedDict[tuple[str, bool], asyncio.Future[bytes]] = OrderedDict()

    async def wav(self, text: str, *, slow: bool = False) -> bytes:
        """A text as a WAV file of 16 bits, at the engine's rate; raises `SynthesisError`.

        A text that several calls want at once is made once.
        """
        key = (text, slow)
        making = self._remembered.get(key)
        if making is None:
            making = self._remembered[key] = asyncio.ensure_future(asyncio.to_thread(self._made, text, slow))
            making.add_done_callback(lambda made: self._forget_failed(key, made))
            while len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return await asyncio.shield(making)

    def _forget_failed(self, key: tuple[str, bool], made: asyncio.Future[bytes]) -> None:
        if (made.cancelled() or made.exception() is not None) and self._remembered.get(key) is made:
            del self._remembered[key]

    async def telephone(self, line: Line, *, slow: bool = False) -> bytes:
        """A line as µ-law at 8 kHz: its recording if there is one, else the engine; raises `SynthesisError`."""
        if line.recording:
            recorded = await asyncio.to_thread(self._recorded, line.recording)
            if recorded is not None:
                return recorded
        if not line.text:
            return b""
        wav = await self.wav(line.text, slow=slow)
        return await asyncio.to_thread(for_telephone, wav)

    def _made(self, text: str, slow: bool) -> bytes:
        fixed = text in self._fixed()
        key = f"{self._engine.name}|{'slow' if slow else 'usual'}|{text}"
        kept = self._folder.find(key) if fixed else None
        if kept is not None:
            return kept
        made = to_wav(*self._engine.render(text, slow=slow))
        if fixed:
            self._folder.keep(key, made)
        return made

    def _recorded(self, name: str) -> bytes | None:
        path = self._recordings / f"{name}.wav"
        if not path.is_file():
            return None
        try:
            return for_telephone(path)
        except ValueError as error:
            log.warning("recording not usable, the prompt is synthesised", recording=path.name, reason=str(error))
            return None


def for_telephone(wav: Path | bytes) -> bytes:
    """A WAV file as µ-law at 8 kHz."""
    samples, rate = from_wav(wav)
    return to_mulaw(resampled(samples, rate, TELEPHONE_RATE))


def fixed_prompts(book: Book, values: Mapping[str, str]) -> frozenset[str]:
    """Every sentence of `prompts.yml` that is the same in each call. values: what is known of the province."""
    fixed = set()
    for text in _texts(book.prompts):
        if all(name in values for _, name, _, _ in Formatter().parse(text) if name is not None):
            fixed.add(text.format_map(values))
    return frozenset(fixed)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [str(value)]
