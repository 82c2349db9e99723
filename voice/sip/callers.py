"""A caller as the door hands it on, whatever speaks SIP: frames of sound both ways, keys, and the end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_WAITING = 25


def _deaf(pcm: bytes) -> None:
    """Nobody listens yet."""


@dataclass
class Caller:
    """Sound is 16-bit PCM at 8 kHz in frames of 20 ms.

    number: the user part of the caller's address. hear: gets each frame that the caller sends. play: frames the caller
    will hear. keys: pressed and not yet passed on. gone: the caller has hung up. hang_up: ends the call.
    """

    number: str
    hear: Callable[[bytes], None] = _deaf
    play: deque[bytes] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    keys: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    hang_up: Callable[[], None] = lambda: None
