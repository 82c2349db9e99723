"""The plots of the report on understanding, as SVG without dates, so that equal figures give equal files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._asked import VERDICTS, Got

_COLOURS = {
    "right": "#2b7a4b",
    "offered": "#8fc1a0",
    "asked in vain": "#d9cfa3",
    "wrong": "#c0392b",
    "refused": "#9a9a9a",
}
BINS = 10


def calibration(answers: Sequence[Got]) -> list[tuple[float, float, int]]:
    """By tenths of the probability: its mean, the share that was right, and how many questions."""
    p, right = _curves(answers)
    tenth = np.minimum((p * BINS).astype(int), BINS - 1)
    return [
        (float(p[tenth == k].mean()), float(right[tenth == k].mean()), int((tenth == k).sum()))
        for k in range(BINS)
        if (tenth == k).any()
    ]


def calibration_error(answers: Sequence[Got]) -> float:
    """Expected calibration error: the mean distance of probability and truth over tenths, weighed by questions."""
    rows = calibration(answers)
    return float(np.average([abs(p - right) for p, right, _ in rows], weights=[n for *_, n in rows]))


def risk_coverage(answers: Sequence[Got]) -> tuple[Any, Any]:
    """Shares of questions answered, surest first, and the share of wrong ones among them."""
    p, right = _curves(answers)
    order = np.argsort(-p, kind="stable")
    answered = np.arange(1, len(p) + 1)
    return answered / len(p), 1 - np.cumsum(right[order]) / answered


def draw(folder: Path, answers: Sequence[Got], channels: Mapping[str, Mapping[str, float]]) -> None:
    """Write ``risk_coverage.svg``, ``calibration.svg`` and ``channels.svg`` into `folder`."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "motcua"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3.4), layout="constrained")
    axes.plot(*risk_coverage(answers), color="#c0392b")
    axes.set(xlabel="share of questions answered, surest first", ylabel="share of answers that are wrong", xlim=(0, 1))
    _save(figure, folder / "risk_coverage.svg")
    figure, axes = plt.subplots(figsize=(4, 3.4), layout="constrained")
    rows = calibration(answers)
    axes.plot((0, 1), (0, 1), color="#bbbbbb", linewidth=1)
    axes.scatter([p for p, *_ in rows], [right for _, right, _ in rows], s=[8 + n for *_, n in rows], color="#2b5d8a")
    axes.set(xlabel="probability said", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1))
    _save(figure, folder / "calibration.svg")
    figure, axes = plt.subplots(figsize=(7, 0.5 + 0.42 * len(channels)), layout="constrained")
    start = np.zeros(len(channels))
    for verdict in VERDICTS:
        widths = np.array([row[verdict] for row in channels.values()])
        axes.barh(list(channels), widths, left=start, color=_COLOURS[verdict], label=verdict)
        start += widths
    axes.invert_yaxis()
    axes.set(xlim=(0, 1))
    figure.legend(loc="outside upper center", ncols=len(VERDICTS), frameon=False, fontsize="small")
    _save(figure, folder / "channels.svg")


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})


def _curves(answers: Sequence[Got]) -> tuple[Any, Any]:
    return np.array([got.probability for got in answers]), np.array([got.place == 0 for got in answers], dtype=float)
