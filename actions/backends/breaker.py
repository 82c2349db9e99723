"""Leaves a failing system in peace for a while, then lets one call find out whether it is back."""

from __future__ import annotations

import time
from collections.abc import Callable


class Breaker:
    """failures: in a row, until it opens. rest: seconds it stays open. clock: monotonic seconds."""

    def __init__(self, failures: int = 5, rest: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._rest, self._clock = failures, rest, clock
        self._failed = 0
        self._retry_at = 0.0

    def allows(self) -> bool:
        """Whether a call may be made now; after a rest only the first caller may."""
        if self._failed < self._limit:
            return True
        if self._clock() < self._retry_at:
            return False
        self._retry_at = self._clock() + self._rest
        return True

    def succeeded(self) -> None:
        """A call got a usable answer."""
        self._failed = 0

    def failed(self) -> None:
        """A call got none."""
        self._failed += 1
        self._retry_at = self._clock() + self._rest
