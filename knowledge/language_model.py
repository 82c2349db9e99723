"""A trigram model of Vietnamese syllables with interpolated absolute discounting.

Ney, Essen, Kneser (1994), "On structuring probabilistic dependences in stochastic language modelling".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from knowledge.text import syllables

_SENTENCE = re.compile(r"[.!?;:\n\t()\[\]\"“”]+")
_DISCOUNT = 0.7
_UNSEEN = 0.1
START = 0


class _Follow(NamedTuple):
    """What was seen after a context: how often in all, and how many different words."""

    total: float
    kinds: int


class LanguageModel:
    """Probabilities of syllables after the two before; words are known by their number (`number`), 0 is the start."""

    def __init__(self, words: list[str], counts: list[float], pairs: dict[int, float], triples: dict[int, float]):
        self.words, self._counts = words, counts
        self.number = {word: i for i, word in enumerate(words)}
        self._size = len(words)
        self._total = sum(counts) + _UNSEEN * self._size
        self._pairs, self._triples = pairs, triples
        self._after_one, self._after_two = _follows(pairs, self._size), _follows(triples, self._size)

    @classmethod
    def fit(cls, texts: Iterable[str], weights: Mapping[str, float] | None = None) -> LanguageModel:
        """Counts `texts` once each; `weights` are phrases of a dictionary with how often each is counted."""
        numbers: dict[str, int] = {"<s>": START}
        pairs: Counter[int] = Counter()
        lines = [(line, 1.0) for text in texts for line in _SENTENCE.split(text)]
        lines += list((weights or {}).items())
        sequences = []
        for line, weight in lines:
            found = [numbers.setdefault(word, len(numbers)) for word in syllables(line)]
            if found:
                sequences.append((found, weight))
        size = len(numbers)
        counts = [0.0] * size
        triples: Counter[int] = Counter()
        for found, weight in sequences:
            before, last = START, START
            for word in found:
                counts[word] += weight
                pairs[last * size + word] += weight  # type: ignore[assignment]
                triples[(before * size + last) * size + word] += weight  # type: ignore[assignment]
                before, last = last, word
        return cls(list(numbers), counts, dict(pairs), dict(triples))

    def log_probability(self, before: int, last: int, word: int) -> float:
        """log P(word | before, last); a word number of -1 is one never seen."""
        single = ((self._counts[word] if word >= 0 else 0.0) + _UNSEEN) / self._total
        size = self._size
        if last < 0:
            return math.log(single)
        follow = self._after_one.get(last)
        if follow is None:
            return math.log(single)
        seen = self._pairs.get(last * size + word, 0.0) if word >= 0 else 0.0
        value = (max(seen - _DISCOUNT, 0.0) + _DISCOUNT * follow.kinds * single) / follow.total
        if before >= 0:
            follow = self._after_two.get(before * size + last)
            if follow is not None:
                seen = self._triples.get((before * size + last) * size + word, 0.0) if word >= 0 else 0.0
                value = (max(seen - _DISCOUNT, 0.0) + _DISCOUNT * follow.kinds * value) / follow.total
        return math.log(value)

    def follows(self, last: int, word: int) -> bool:
        """Whether `word` was seen right after `last`."""
        return last >= 0 and word >= 0 and last * self._size + word in self._pairs

    def count(self, word: str) -> float:
        """How often `word` was seen."""
        number = self.number.get(word)
        return self._counts[number] if number is not None else 0.0

    def save(self, path: Path) -> None:
        """Writes the counts to `path` (``.npz``)."""
        arrays = {"words": np.array("\n".join(self.words)), "counts": np.array(self._counts, dtype=np.float32)}
        for name, table in (("pairs", self._pairs), ("triples", self._triples)):
            arrays[f"{name}_keys"] = np.fromiter(table.keys(), np.int64, len(table))
            arrays[f"{name}_counts"] = np.fromiter(table.values(), np.float32, len(table))
        np.savez(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> LanguageModel:
        """Reads what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            tables = [
                dict(zip(file[f"{name}_keys"].tolist(), file[f"{name}_counts"].tolist(), strict=True))
                for name in ("pairs", "triples")
            ]
            return cls(str(file["words"]).split("\n"), file["counts"].tolist(), tables[0], tables[1])


def _follows(table: dict[int, float], size: int) -> dict[int, _Follow]:
    before = np.fromiter(table.keys(), np.int64, len(table)) // size
    contexts, place, kinds = np.unique(before, return_inverse=True, return_counts=True)
    totals = np.bincount(place, np.fromiter(table.values(), np.float64, len(table)), len(contexts))
    follows = map(_Follow, totals.tolist(), kinds.tolist())
    return dict(zip(contexts.tolist(), follows, strict=True))
