"""What the caller does after one prompt: keys, an utterance, or nothing in time. Counted in sound that arrived."""

from __future__ import annotations

from dataclasses import dataclass

from voice.call_state import Keys, Listen, Silence
from voice.media.sound import TELEPHONE_RATE, Samples
from voice.media.utterance import UtteranceFinder


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the caller said, not yet recognised."""

    samples: Samples


@dataclass
class Listener:
    """listen: what the state allows. finder: of speech, None where only keys count."""

    listen: Listen
    finder: UtteranceFinder | None = None
    keys: str = ""
    _waited: float | None = None

    def prompt_over(self) -> None:
        """The prompt was heard out, or interrupted: from now on silence counts."""
        if self._waited is None:
            self._waited = 0.0

    def press(self, digit: str) -> Keys | Silence | None:
        """One key; the entry, when the key completes it."""
        self.prompt_over()
        self._waited = 0.0
        listen = self.listen
        if digit in listen.finish:
            return self._entered()
        self.keys += digit
        whole = listen.digits is not None and len(self.keys) >= listen.digits
        return self._entered() if whole or digit == "*" else None

    def _entered(self) -> Keys | Silence:
        return Keys(self.keys) if self.keys else Silence()

    def hear(self, samples: Samples) -> Utterance | Keys | Silence | None:
        """More sound; what it completes: an utterance, or the time-out."""
        if self.finder is not None and not self.keys:
            found = self.finder.hear(samples)
            if found is not None:
                return Utterance(found)
            if self.finder.speaking:
                return None
        if self._waited is None:
            return None
        self._waited += len(samples) / TELEPHONE_RATE
        return self._entered() if self._waited >= self.listen.timeout else None

    @property
    def interrupts(self) -> bool:
        """Whether the caller speaks long enough to be given the floor."""
        return self.finder is not None and self.finder.interrupts
