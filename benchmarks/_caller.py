"""A generated caller: hears a prompt, decides, presses or speaks; and how long all that takes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from functools import lru_cache

from voice.codes_said import code as spoken_code
from voice.media.espeak import Espeak
from voice.simulator.carrier import SimulatedCall
from voice.simulator.mishearing import mishear
from voice.speakable import speak

KEY_SECONDS = 0.6
CALLER_SYLLABLES = 2.5
RECOGNITION_SECONDS = 2.0
MOST_TURNS = 16
_ENGINE = Espeak()


@lru_cache(maxsize=4096)
def sound_seconds(text: str) -> float:
    """How long the product's own synthesis takes to say a text."""
    samples, rate = _ENGINE.render(text, slow=False)
    return len(samples) / rate


@dataclass
class Clock:
    """Seconds of a call. impatient: presses as soon as the wanted option was said, else hears every prompt out."""

    impatient: bool = True
    total: float = 0.0

    def hear(self, text: str, key: str = "") -> None:
        """Listen to a prompt, up to the wanted option when impatient."""
        wanted = re.search(rf"^.*?bấm {re.escape(key)}\b", text) if key and self.impatient else None
        self.total += sound_seconds(speak(wanted[0] if wanted else text))

    def press(self, keys: str) -> None:
        """Press keys."""
        self.total += KEY_SECONDS * len(keys)

    def speak(self, text: str) -> None:
        """Say something, and wait until its end is sure and it is recognised."""
        self.total += len(text.split()) / CALLER_SYLLABLES + RECOGNITION_SECONDS


@dataclass
class Citizen:
    """Asks how a dossier stands.

    aloud: speaks where speech is heard. share: of misheard syllables, by `seed`. clock: None when nobody measures how
    long the call takes. listens: seconds that pass in truth before each thing the caller does.
    """

    call: SimulatedCall
    code: str
    number: str
    stands: str
    aloud: bool = False
    share: float = 0.0
    seed: int = 0
    clock: Clock | None = field(default_factory=Clock)
    listens: float = 0.0
    said: dict[str, int] = field(default_factory=dict)

    async def ask(self) -> bool:
        """Whether the status was heard before the turns ran out or a person had to help."""
        await self.call.begin()
        for _ in range(MOST_TURNS):
            heard = self.call.words
            if self.stands in heard:
                if self.clock:
                    self.clock.hear(self.call.heard[0].text)
                return True
            if self.call.over or self.call.waiting is None or self.call.waiting.tag != "Gather":
                return False
            await self.react(heard)
        return False

    async def react(self, heard: str) -> None:
        """Do what a caller does who has heard this."""
        lower = heard.lower()
        if "bốn số cuối" in lower or "bốn chữ số" in lower:
            await self.press(self.number)
        elif "đúng bấm 1" in lower or "nếu đúng, bấm 1" in lower or "để dùng mã" in lower:
            right = spoken_code(self.code).lower() in lower
            await self.answer("đúng rồi" if right else "sai rồi", "1" if right else "2", "check")
        elif "chữ số" in lower and "thăng" in lower:
            await self.answer(said_code(self.code), digits_after_prefix(self.code) + "#", "code")
        elif "bắt đầu bằng" in lower or "có hát không không ở đầu" in lower or "chữ đầu của mã" in lower:
            await self.answer(said_code(self.code), prefix_key(self.code), "code")
        elif "có phải anh chị cần" in lower:
            wanted = re.search(r"(?:hồ sơ của tôi|đúng), bấm (\d)", lower)
            await self.press(wanted[1] if wanted else "*")
        elif "nhập lại, bấm 1" in lower:
            await self.press("1")
        else:
            await self.answer("hồ sơ của tôi", "1", "main")

    async def answer(self, words: str, keys: str, topic: str) -> None:
        """Speak up to twice about a topic where speech is heard, then press."""
        waiting = self.call.waiting
        hears = waiting is not None and "speech" in waiting.get("input", "dtmf")
        times = self.said.get(topic, 0)
        if not (self.aloud and hears and times < 2):
            await self.press(keys)
            return
        self.said[topic] = times + 1
        if self.clock:
            self.clock.hear(self.call.words)
            self.clock.speak(words)
        await self._pass_time(len(words.split()) / CALLER_SYLLABLES)
        await self.call.say(mishear(words, self.share, self.seed * 31 + times))

    async def press(self, keys: str) -> None:
        """Press keys after the prompt."""
        if self.clock:
            self.clock.hear(self.call.words, keys)
            self.clock.press(keys)
        await self._pass_time(KEY_SECONDS * len(keys))
        await self.call.press(keys)

    async def _pass_time(self, seconds: float) -> None:
        self.call.forget()
        if self.listens:
            await asyncio.sleep(self.listens + seconds)


def said_code(code: str) -> str:
    """A code as callers read it from the slip, with its dots and dashes."""
    names = {"H": "hát", "G": "gờ", ".": "chấm", "-": "gạch ngang"}
    digits = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
    return " ".join(names.get(c) or digits[int(c)] for c in code)


def prefix_key(code: str) -> str:
    """The key of the short list of prefixes."""
    return "1" if code.startswith("H00") else "2" if code.startswith("G22") else "3"


def digits_after_prefix(code: str) -> str:
    """The digits that follow the chosen prefix."""
    digits = re.sub(r"\D", "", code)
    return digits[2:] if code[0] in "HG" and prefix_key(code) != "3" else digits
