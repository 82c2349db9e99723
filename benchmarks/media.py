"""Media streams in real time: how soon an answer is heard by ten callers with keys and one who speaks; recognition."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from actions.demo_dossiers import demo_rows
from benchmarks._caller import digits_after_prefix, prefix_key
from settings import get_settings
from store.calls import CallRow, turns_of
from store.engine import Database
from tests.running import Running
from voice.book import load_book
from voice.call_state import CallState, Line
from voice.call_state import Listen as Listening
from voice.media.espeak import Espeak
from voice.media.phrases import allowed_phrases
from voice.media.sound import TELEPHONE_RATE, Samples, from_mulaw, resampled, silence, to_mulaw, to_wav
from voice.media.streamed_call import END_SECONDS
from voice.media.synthesis import for_telephone
from voice.media.whisper_model import WhisperModel
from voice.simulator.carrier import Account, SimulatedCall
from voice.simulator.stream import SimulatedStream

OPEN = "2026-11-23T09:00:00+07:00"
CALLERS = 10
VOICES = ("vi", "vi-vn-x-central", "vi-vn-x-south")
QUESTIONS = ("tra hồ sơ", "hỏi thủ tục", "giờ làm việc", "hồ sơ của tôi", "mấy giờ mở cửa")
NOISE = 40.0


def spoken(engine: Espeak, text: str, seed: int = 0) -> bytes:
    """A caller's words as the telephone carries them: µ-law, with noise of the line."""
    samples, rate = engine.render(text, slow=True)
    clean = np.concatenate([silence(0.1), resampled(samples, rate, TELEPHONE_RATE), silence(0.1)])
    noisy = clean + np.random.default_rng(seed).normal(0, NOISE, len(clean))
    return to_mulaw(np.clip(noisy, -32768, 32767).astype(np.int16))


class Bench:
    """A running hotline and callers on streams. folder: of the speech model, None without one."""

    def __init__(self, running: Running, folder: Path | None) -> None:
        self.running, self.folder = running, folder
        self.http = httpx.AsyncClient(base_url=running.base, trust_env=False, timeout=30)
        self.account = Account(running.base, (running.var / "simulator_token").read_text(), at=OPEN, stream=True)
        self.server = running.base.replace("http", "ws", 1)
        self.database = Database(f"sqlite:///{running.var / 'motcua.db'}")

    async def call(self) -> SimulatedCall:
        """A call that waits for its stream."""
        call = SimulatedCall(self.http, self.account)
        await call.begin()
        return call

    async def crowd(self) -> dict[str, Any]:
        """Ten callers at once go through the keypad in real time; the wait from a key to the first sound."""
        rows = demo_rows()
        told = await asyncio.gather(*(self._by_keys(rows[n % len(rows)], n * 0.5) for n in range(CALLERS)))
        waits = sorted(wait for waits, _ in told for wait in waits)
        return {
            "callers": CALLERS, "answers": len(waits), "calls that reached the status": sum(ok for _, ok in told),
            "first sound after a key, p50_ms": round(statistics.median(waits) * 1000),
            "first sound after a key, p95_ms": round(waits[int(len(waits) * 0.95)] * 1000),
        }  # fmt: skip

    async def _by_keys(self, row: dict[str, Any], wait: float) -> tuple[list[float], bool]:
        await asyncio.sleep(wait)
        call, waits = await self.call(), []
        code = row["code"]
        entries = ("1", prefix_key(code), digits_after_prefix(code) + "#", "1", row["applicant"][-4:])
        async with SimulatedStream(call, self.server) as stream:
            await stream.hear(1.0)
            for keys in entries:
                pressed = asyncio.get_running_loop().time()
                await stream.press(keys)
                waits.append(await _first_after(stream, pressed) - pressed)
                await asyncio.sleep(1.0)
            await stream.stop()
        with self.database.read() as session:
            reached = session.get_one(CallRow, call.sid).left_at == "dossier_told"
        await call.hang_up()
        return waits, reached

    async def speaker(self) -> dict[str, Any]:
        """One caller speaks in real time; from the endpoint to the first sound, and to the answer's first sound."""
        first, answers, right = [], [], 0
        filler = len(for_telephone(await asyncio.to_thread(_wav, load_book().said("filler"))))
        engine = Espeak(VOICES[0])
        for number, text in enumerate(QUESTIONS):
            call = await self.call()
            async with SimulatedStream(call, self.server) as stream:
                await stream.hear(1.0)
                stream.say(await asyncio.to_thread(spoken, engine, text, number))
                await stream.said()
                endpoint = asyncio.get_running_loop().time() + END_SECONDS - 0.1
                cut = await stream.prompt()
                if cut is not None and cut.cut:
                    await stream.prompt()
                sounds = [(at, size) for at, size in stream.arrivals if at > endpoint - END_SECONDS]
                first.append(sounds[0][0] - endpoint)
                answers.append(_after(sounds, filler) - endpoint)
                await stream.stop()
            right += self._understood(call, text)
            await call.hang_up()
        return {
            "utterances": len(first), "understood": right,
            "first sound after the endpoint, filler counted, p95_s": round(max(first), 2),
            "answer after the endpoint, median_s": round(statistics.median(answers), 2),
            "answer after the endpoint, p95_s": round(max(answers), 2),
        }  # fmt: skip

    def _understood(self, call: SimulatedCall, text: str) -> bool:
        with self.database.read() as session:
            turns = turns_of(session, call.sid)
        return any(turn.heard == "speech" and turn.text == text for turn in turns)


async def _first_after(stream: SimulatedStream, moment: float) -> float:
    """When the first sound came that was sent after a moment."""
    async with asyncio.timeout(20):
        while not (stream.arrivals and stream.arrivals[-1][0] > moment):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return next(at for at, _ in stream.arrivals if at > moment)


def _wav(line: Line) -> bytes:
    return to_wav(*Espeak().render(line.text, slow=False))


def _after(sounds: list[tuple[float, int]], filler: int) -> float:
    """When the sound after a leading filler arrived."""
    return next(
        (at for number, (at, _) in enumerate(sounds) if sum(s for _, s in sounds[:number]) == filler), sounds[0][0]
    )


async def recognition(folder: Path) -> dict[str, Any]:
    """Phrases of the main menu in three synthetic voices: the share recognised, and how long it takes."""
    model, book = WhisperModel(folder), load_book()
    place = book.menu.states["main"]
    hints = tuple(phrase for phrases in place.phrases.values() for phrase in phrases)
    allowed = allowed_phrases(book, CallState(), Listening(hints=hints))
    right, spent = 0, []
    for voice in VOICES:
        engine = Espeak(voice)
        for number, phrase in enumerate(hints):
            samples: Samples = from_mulaw(await asyncio.to_thread(spoken, engine, phrase, number))
            started = time.perf_counter()
            heard = await model.hear(samples, allowed, free=False)
            spent.append(time.perf_counter() - started)
            right += heard == phrase
    ordered = sorted(spent)
    return {
        "phrases": len(spent), "allowed": len(allowed), "recognised": round(right / len(spent), 3),
        "p50_s": round(statistics.median(ordered), 2), "p95_s": round(ordered[int(len(ordered) * 0.95)], 2),
    }  # fmt: skip


async def _measure(running: Running, folder: Path | None) -> dict[str, Any]:
    bench = Bench(running, folder)
    figures: dict[str, Any] = {"keys, ten at once": await bench.crowd()}
    if folder is None:
        figures["speech"] = "not measured: no speech model is installed (make speech)"
    else:
        figures["speech, one caller"] = await bench.speaker()
        figures["phrases of the main menu, synthetic voices"] = await recognition(folder)
    await bench.http.aclose()
    bench.database.close()
    return figures


def run() -> dict[str, Any]:
    """Start Motcua in a folder of its own and call it."""
    model = get_settings().speech_folder
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder), {"SPEECH_MODEL": str(model)} if model else {})
        running.prepare()
        running.start()
        try:
            return asyncio.run(_measure(running, model))
        finally:
            running.stop()
