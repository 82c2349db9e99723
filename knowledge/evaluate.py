"""Retrieval quality on a file of questions with known answers, on any corpus or on the live snapshot.

Measures as in Manning, Raghavan and Schütze, "Introduction to Information Retrieval", ch. 8: recall@k counts questions
with a right document among the first k, MRR@10 averages 1/rank of the first right one, nDCG@10 discounts by
log2(rank + 1) with all right documents counting alike.
"""

from __future__ import annotations

import csv
import json
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CUTOFFS = (1, 3, 5, 10)
DEPTH = 10
Rank = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Labelled:
    """A question and the ids of every right answer."""

    text: str
    ids: frozenset[str]


@dataclass(frozen=True)
class Report:
    """Means over `n` questions; milliseconds per question."""

    n: int
    recall: dict[int, float]
    mrr: float
    ndcg: float
    p50_ms: float
    p95_ms: float

    def as_json(self) -> str:
        """One JSON object with the keys ``n recall@k mrr@10 ndcg@10 p50_ms p95_ms``."""
        recall = {f"recall@{k}": round(value, 4) for k, value in self.recall.items()}
        rest = {"mrr@10": round(self.mrr, 4), "ndcg@10": round(self.ndcg, 4)}
        return json.dumps(
            {"n": self.n, **recall, **rest, "p50_ms": round(self.p50_ms, 2), "p95_ms": round(self.p95_ms, 2)}
        )


def read_questions(path: Path) -> list[Labelled]:
    """Rows of a TSV with a header ``text<TAB>id`` (or ``label``); an id may be followed by words; ``; `` separates ids.

    Raises ValueError naming the file when a column is missing.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        column = next((name for name in ("id", "label") if name in (rows.fieldnames or ())), None)
        if column is None or "text" not in (rows.fieldnames or ()):
            raise ValueError(f"{path}: the first line must name the columns text and id")
        return [Labelled(row["text"], _ids(row[column])) for row in rows]


def _ids(label: str) -> frozenset[str]:
    return frozenset(part.split()[0] for part in re.split(r";\s*", label) if part.strip())


def read_corpus(path: Path) -> list[dict[str, str]]:
    """Objects ``{"id", "title", "text"}`` of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def evaluate(questions: Iterable[Labelled], rank: Rank) -> Report:
    """Ask `rank` every question and score what it puts first; `rank` returns ids, best first."""
    hits: list[list[bool]] = []
    right: list[int] = []
    spent: list[float] = []
    for question in questions:
        started = time.perf_counter()
        ranked = rank(question.text)
        spent.append((time.perf_counter() - started) * 1000)
        hits.append([found in question.ids for found in ranked[:DEPTH]])
        right.append(len(question.ids))
    if not hits:
        raise ValueError("no questions")
    return Report(
        n=len(hits),
        recall={k: _mean(any(row[:k]) for row in hits) for k in CUTOFFS},
        mrr=_mean(next((1 / (i + 1) for i, hit in enumerate(row) if hit), 0.0) for row in hits),
        ndcg=_mean(_ndcg(row, n) for row, n in zip(hits, right, strict=True)),
        p50_ms=float(np.percentile(spent, 50)),
        p95_ms=float(np.percentile(spent, 95)),
    )


def _ndcg(row: Sequence[bool], right: int) -> float:
    gain = sum(1 / math.log2(i + 2) for i, hit in enumerate(row) if hit)
    return gain / sum(1 / math.log2(i + 2) for i in range(min(right, DEPTH)))


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
