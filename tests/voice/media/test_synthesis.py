"""eSpeak NG from its package, what is kept on disk, and recordings that win."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.limits import RateLimiter
from settings import Settings
from tests.voice.telephone import BASE, RUN_TOKEN, Hotline
from voice.book import load_book
from voice.call_state import Line
from voice.media.espeak import Espeak, SynthesisError
from voice.media.sound import Samples, beep, from_mulaw, from_wav, to_wav
from voice.media.sound_folder import SoundFolder
from voice.media.synthesis import Synthesis, fixed_prompts
from voice.simulator.desk import CallDesk
from voice.simulator.routes import CallPage
from voice.wiring import make_engine, make_synthesis

ASK = "Hồ sơ của mình, bấm 1. Thủ tục, bấm 2."


class Counting:
    """An engine that counts how often it is asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def render(self, text: str, *, slow: bool) -> tuple[Samples, int]:
        self.asked.append((text, slow))
        return beep(), 8000


def synthesis(tmp_path: Path, engine: Counting, *fixed: str) -> Synthesis:
    return Synthesis(engine, SoundFolder(tmp_path / "sounds"), tmp_path / "recordings", lambda: frozenset(fixed))


def test_espeak_speaks_vietnamese() -> None:
    samples, rate = Espeak().render(ASK, slow=False)
    assert rate == 22050
    assert 2 < len(samples) / rate < 5
    assert 10_000 < np.abs(samples.astype(np.int32)).max() < 26_000


def test_slow_is_slower_and_texts_of_any_kind_are_spoken() -> None:
    engine = Espeak()
    usual, slow = engine.render(ASK, slow=False)[0], engine.render(ASK, slow=True)[0]
    assert 1.1 < len(slow) / len(usual) < 1.3
    assert len(engine.render("<speak>a & b [[x]] \0</speak>", slow=False)[0])
    assert len(engine.render("", slow=False)[0]) < 22050


def test_the_tones_are_heard_apart() -> None:
    engine = Espeak()
    said = [engine.render(word, slow=False)[0] for word in ("ma", "má", "mà", "mả", "mã", "mạ")]
    assert len({sound.tobytes() for sound in said}) == 6


def test_a_voice_that_does_not_exist() -> None:
    with pytest.raises(SynthesisError, match="tlh-none"):
        Espeak("tlh-none").render(ASK, slow=False)


def test_the_setting_chooses_the_accent() -> None:
    north, south = (
        make_engine(Settings(_env_file=None, espeak_voice=voice))  # type: ignore[call-arg]
        for voice in ("vi", "vi-vn-x-south")
    )
    assert north.name != south.name
    assert north.render(ASK, slow=False)[0].tobytes() != south.render(ASK, slow=False)[0].tobytes()
    with pytest.raises(ValueError, match="espeak_voice"):
        Settings(_env_file=None, espeak_voice="tlh")  # type: ignore[call-arg, arg-type]


def test_a_process_that_died_is_started_again() -> None:
    engine = Espeak()
    before = len(engine.render(ASK, slow=False)[0])
    assert engine._process is not None
    engine._process.kill()
    assert len(engine.render(ASK, slow=False)[0]) == pytest.approx(before, rel=0.05)


async def test_many_at_once_get_their_own_words() -> None:
    engine = Espeak()
    texts = ["xin chào", ASK, "Gặp cán bộ, bấm 0."] * 4
    alone = [len(engine.render(text, slow=False)[0]) for text in texts[:3]]
    together = await asyncio.gather(*(asyncio.to_thread(engine.render, text, slow=False) for text in texts))
    for number, (samples, _) in enumerate(together):
        assert len(samples) == pytest.approx(alone[number % 3], rel=0.05)


async def test_a_prompt_is_rendered_once_even_by_the_next_process(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    one, two = synthesis(tmp_path, first, ASK), synthesis(tmp_path, second, ASK)
    assert await one.wav(ASK) == await one.wav(ASK) == await two.wav(ASK) == to_wav(beep(), 8000)
    assert (len(first.asked), len(second.asked)) == (1, 0)
    await one.wav(ASK, slow=True)
    assert first.asked[-1] == (ASK, True)


async def test_what_two_calls_want_at_once_is_rendered_once(tmp_path: Path) -> None:
    engine = Counting()
    made = synthesis(tmp_path, engine)
    assert len(set(await asyncio.gather(made.wav(ASK), made.wav(ASK)))) == 1
    assert engine.asked == [(ASK, False)]


async def test_a_rendering_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Counting()
    made = synthesis(tmp_path, engine)

    def broken(text: str, *, slow: bool) -> tuple[Samples, int]:
        raise SynthesisError(text)

    with monkeypatch.context() as once:
        once.setattr(engine, "render", broken)
        with pytest.raises(SynthesisError):
            await made.wav(ASK)
    assert await made.wav(ASK)


async def test_what_is_said_to_one_caller_never_reaches_the_disk(tmp_path: Path) -> None:
    engine = Counting()
    voice = synthesis(tmp_path, engine, ASK)
    for _ in range(2):
        await voice.wav("Mã là một hai ba.")
    assert len(engine.asked) == 1
    assert not (tmp_path / "sounds").exists()


async def test_a_recording_wins(tmp_path: Path) -> None:
    engine = Counting()
    voice = synthesis(tmp_path, engine)
    (tmp_path / "recordings").mkdir()
    quiet = (beep(0.2).astype(np.float64) / 4).astype(np.int16)
    (tmp_path / "recordings" / "main.ask.wav").write_bytes(to_wav(quiet, 8000))
    sound = from_mulaw(await voice.telephone(Line(ASK, "main.ask")))
    assert len(sound) == 1600
    assert np.abs(sound).max() < 2500
    assert engine.asked == []
    (tmp_path / "recordings" / "main.ask.wav").write_bytes(b"not a WAV file")
    assert len(await voice.telephone(Line(ASK, "main.ask"))) == 3200
    assert await voice.telephone(Line("")) == b""


async def test_any_rate_reaches_the_telephone_at_8_khz(tmp_path: Path) -> None:
    voice = Synthesis(Espeak(), SoundFolder(tmp_path), tmp_path, frozenset)
    wav, telephone = await voice.wav(ASK), await voice.telephone(Line(ASK))
    samples, rate = from_wav(wav)
    assert len(telephone) / 8000 == pytest.approx(len(samples) / rate, abs=0.01)
    assert np.abs(from_mulaw(telephone).astype(np.int32)).mean() > 500


def test_the_folder_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    folder = SoundFolder(tmp_path, most_bytes=1000)
    for number in range(4):
        folder.keep(str(number), bytes(300))
        for age, path in enumerate(sorted(tmp_path.iterdir(), key=lambda p: p.stat().st_mtime)):
            os.utime(path, (1000 + age, 1000 + age))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 750
    assert folder.find("3") == bytes(300)
    assert folder.find("0") is None
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_fixed_prompts_hold_nothing_of_a_call() -> None:
    fixed = fixed_prompts(load_book(), {"ten_tinh": "Tỉnh Mẫu", "gio": "Sáng từ bảy giờ"})
    assert any(text.startswith("Tổng đài tự động Tỉnh Mẫu") for text in fixed)
    assert not any("{" in text for text in fixed)
    assert not any("Số gọi lại là" in text or "Đã nhận yêu cầu" in text for text in fixed)


async def test_the_telephone_in_the_browser_sounds_without_any_setting(
    hotline: Callable[..., Hotline], tmp_path: Path
) -> None:
    line = hotline()
    desk = CallDesk(line.http, BASE, RUN_TOKEN, make_synthesis(line.telephone, tmp_path / "sounds", Espeak()).wav)
    line.app.include_router(CallPage(desk, RateLimiter(None, enabled=False), "Tỉnh Mẫu", BASE).router)
    heard = (await line.http.post("/call/begin", json={})).json()["heard"]
    assert len(heard) == 2
    for piece in heard:
        answer = await line.http.get(piece["sound"])
        samples, rate = from_wav(answer.content)
        assert answer.headers["content-type"] == "audio/wav"
        assert 3 < len(samples) / rate < 10
        assert np.abs(samples.astype(np.int32)).mean() > 500
    assert len(list((tmp_path / "sounds").iterdir())) == 2
