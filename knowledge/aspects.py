"""Which aspects of an entry a question asks for: one logistic regression an aspect on de-accented word n-grams."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np

from knowledge.catalogue import CATALOGUE
from knowledge.index import Matrix
from knowledge.text import deaccent, normalise, syllables
from knowledge.text_file import read_yaml
from knowledge.text_tables import LANGUAGE
from knowledge.vocabulary import ASPECTS, Aspect

BUCKETS = 1 << 13
_FILE = "aspects.npz"
_PAIRED = 4
_EVERY = 5
_STRENGTH = 1.0
_POSITIVE = 12.0


@dataclass(frozen=True)
class AspectModel:
    """weights: (aspects, BUCKETS). biases: (aspects,)."""

    weights: Matrix
    biases: Matrix

    def __call__(self, text: str) -> tuple[tuple[Aspect, float], ...]:
        """Every aspect with the probability that `text`, restored, asks for it; surest first."""
        found, values = ngrams(text)
        z = self.weights[:, found] @ values + self.biases
        p = 1 / (1 + np.exp(-z))
        return tuple((ASPECTS[i], float(p[i])) for i in np.argsort(-p, kind="stable"))

    def save(self, folder: Path) -> None:
        """Writes the model into `folder`, whole or not at all."""
        fresh = folder / f".{os.getpid()}.npz"
        np.savez(fresh, weights=self.weights.astype(np.float16), biases=self.biases)
        fresh.rename(folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> AspectModel:
        """Reads what `save` wrote."""
        with np.load(folder / _FILE) as file:
            return cls(file["weights"].astype(np.float32), file["biases"])


def asks_aspect(found: Sequence[tuple[Aspect, float]]) -> float:
    """How probable it is that a question asks for some aspect; `found` is what `AspectModel` says of it."""
    return max((p for aspect, p in found if aspect != "overview"), default=0.0)


def ngrams(text: str) -> tuple[Matrix, Matrix]:
    """Buckets and values of the words, de-accented words, pairs and triples of `text`."""
    words = ["<", *syllables(text), ">"]
    bare = [deaccent(word) for word in words]
    grams = {f"w {word}" for word in words} | {f"b {word}" for word in bare}
    grams |= {f"2 {a} {b}" for a, b in pairwise(bare)}
    grams |= {f"3 {a} {b} {c}" for a, b, c in zip(bare, bare[1:], bare[2:], strict=False)}
    buckets = np.array(sorted({crc32(gram.encode()) % BUCKETS for gram in grams}), dtype=np.int64)
    return buckets, np.ones(len(buckets), dtype=np.float32)


def questions() -> list[tuple[Aspect, str]]:
    """The sample questions of ``language/aspects.yml`` with their aspect."""
    table = read_yaml(LANGUAGE / "aspects.yml")
    return [(aspect, str(question)) for aspect in ASPECTS for question in table[aspect]]


def whole_questions() -> list[tuple[Aspect, str]]:
    """Questions about a procedure as citizens put them, with the aspect they ask (``language/calibration.tsv``)."""
    with (LANGUAGE / "calibration.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(aspect, row["text"]) for row in rows for aspect in ASPECTS if aspect == row["aspect"]]


def sample_model(keep: Path) -> AspectModel:
    """The model of the sample questions, put to titles of every field of the catalogue.

    keep: a folder for what was learned; the samples, the tables and the code decide whether it still holds.
    """
    titles = [json.loads(line)["title"] for line in CATALOGUE.read_text(encoding="utf-8").splitlines()[::_EVERY]]
    samples = [(aspect, normalise(question)) for aspect, question in (*questions(), *whole_questions())]
    learned_from = sha256(f"{samples}{titles}{Path(__file__).read_text(encoding='utf-8')}".encode()).hexdigest()
    folder = keep / f"aspects-{learned_from[:16]}"
    if not (folder / _FILE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        fit(samples, [normalise(title) for title in titles]).save(folder)
    return AspectModel.load(folder)


def fit(samples: Sequence[tuple[Aspect, str]], names: Sequence[str], seed: int = 0) -> AspectModel:
    """Learns from questions, each also asked about a few `names`, so that no procedure's name counts as an aspect."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(seed)
    texts, labels = [], []
    for aspect, question in samples:
        paired = [names[i] for i in random.integers(len(names), size=_PAIRED)] if names else []
        for text in (question, *(f"{name} {question}" for name in paired)):
            texts.append(text)
            labels.append(ASPECTS.index(aspect))
    rows = [ngrams(text) for text in texts]
    ends = np.cumsum([0, *(len(found) for found, _ in rows)])
    columns, values = (np.concatenate(part) for part in zip(*rows, strict=True))
    x, y = csr_matrix((values, columns, ends), shape=(len(texts), BUCKETS)), np.array(labels)
    weights = np.zeros((len(ASPECTS), BUCKETS), dtype=np.float32)
    biases = np.full(len(ASPECTS), -9.0, dtype=np.float32)
    for i in sorted(set(labels)):
        model = LogisticRegression(C=_STRENGTH, solver="liblinear", class_weight={True: _POSITIVE, False: 1.0}).fit(
            x, y == i
        )
        weights[i], biases[i] = model.coef_[0], model.intercept_[0]
    return AspectModel(weights, biases)
