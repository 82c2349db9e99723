"""BM25 over syllables and, at half weight, over de-accented syllables with their pairs."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt

from knowledge.text import deaccent, syllables

Scores = npt.NDArray[np.float32]
BARE_WEIGHT = 0.5
_NAMES = ("words", "bare")
logging.getLogger("bm25s").setLevel(logging.WARNING)


def words_of(text: str) -> list[str]:
    """The syllables of `text`."""
    return syllables(text)


def bare_of(text: str) -> list[str]:
    """The de-accented syllables of `text` and their neighbouring pairs."""
    bare = [deaccent(word) for word in syllables(text)]
    return bare + [f"{a}_{b}" for a, b in pairwise(bare)]


class Lexical:
    """Scores of a set of texts for a question; `size` texts."""

    def __init__(self, words: Any, bare: Any, size: int) -> None:
        self._words, self._bare, self.size = words, bare, size

    @classmethod
    def build(cls, texts: Sequence[str], k1: float, b: float) -> Lexical:
        """Indexes `texts` with BM25's parameters for repeated words (`k1`) and for long texts (`b`)."""
        words, bare = (_index([tokens(text) for text in texts], k1, b) for tokens in (words_of, bare_of))
        return cls(words, bare, len(texts))

    def scores(self, question: str) -> Scores:
        """One score a text, zero where nothing is shared."""
        return self._of(self._words, words_of(question)) + BARE_WEIGHT * self._of(self._bare, bare_of(question))

    def _of(self, index: Any, tokens: list[str]) -> Scores:
        """What bm25s computed for each token and text, summed by text; tokens that stand in no text add nothing."""
        table, starts = index.scores, index.scores["indptr"]
        spans = [slice(starts[i], starts[i + 1]) for i in map(index.vocab_dict.get, tokens) if i is not None]
        if not spans:
            return np.zeros(self.size, dtype=np.float32)
        texts, values = (np.concatenate([table[name][span] for span in spans]) for name in ("indices", "data"))
        return np.bincount(texts, values, self.size).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Writes both indexes into `folder`."""
        for name, index in zip(_NAMES, (self._words, self._bare), strict=True):
            index.save(str(folder / name), show_progress=False)
        (folder / "size").write_text(str(self.size))

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        """Reads what `save` wrote."""
        words, bare = (bm25s.BM25.load(str(folder / name), mmap=False) for name in _NAMES)
        return cls(words, bare, int((folder / "size").read_text()))


def _index(tokens: list[list[str]], k1: float, b: float) -> Any:
    index = bm25s.BM25(method="lucene", k1=k1, b=b)
    index.index([t or ["∅"] for t in tokens], show_progress=False)
    return index
