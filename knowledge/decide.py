"""Answer, ask back or refuse."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.question import Outcome

__all__ = ["Decision", "Outcome"]


@dataclass(frozen=True)
class Decision:
    """Thresholds on calibrated probabilities."""

    answer_from: float
    refuse_below: float
