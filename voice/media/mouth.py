"""Speaks into a media stream: sends sound, marks its end, falls silent when the caller takes the floor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from voice.media import frames
from voice.media.sound import TELEPHONE_RATE

Send = Callable[[str], Awaitable[None]]
PIECE = 4000
PATIENCE_SECONDS = 3.0


class Mouth:
    """stream: the carrier's id. send: puts a message on the socket.

    A prompt is over when its mark comes back; when the carrier never sends it, some seconds after the prompt's length.
    """

    def __init__(self, stream: str, send: Send) -> None:
        self._stream, self._send = stream, send
        self._number = 0
        self._left = 0.0
        self._ended = self._silenced = False
        self.talking = False

    def begin(self) -> None:
        """Another prompt begins; marks of earlier ones mean nothing any more."""
        self._number += 1
        self._left = PATIENCE_SECONDS
        self.talking, self._ended, self._silenced = True, False, False

    async def say(self, mulaw: bytes) -> bool:
        """Send sound; False when the prompt was interrupted and nothing was sent."""
        if self._silenced:
            return False
        self._left += len(mulaw) / TELEPHONE_RATE
        for at in range(0, len(mulaw), PIECE):
            await self._send(frames.media(self._stream, mulaw[at : at + PIECE]))
        return True

    async def end(self) -> None:
        """The prompt is complete."""
        if not self._silenced:
            self._ended = True
            await self._send(frames.mark(self._stream, self._name))

    async def interrupt(self) -> None:
        """Stop at once: what is playing is cut off, what was to come is not sent."""
        if self.talking:
            self.talking, self._silenced = False, True
            await self._send(frames.clear(self._stream))

    def played(self, name: str) -> bool:
        """Whether this mark says that the present prompt was heard out."""
        over = self.talking and self._ended and name == self._name
        self.talking = self.talking and not over
        return over

    def waited(self, seconds: float) -> bool:
        """Whether the prompt must be over, so many more seconds of sound having come in."""
        if not (self.talking and self._ended):
            return False
        self._left -= seconds
        if self._left > 0:
            return False
        self.talking = False
        return True

    @property
    def _name(self) -> str:
        return f"prompt-{self._number}"
