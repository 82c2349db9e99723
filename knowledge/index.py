"""The searchable form of a set of documents: BM25 arrays and a FAISS index, built and read together."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.documents import Document, Kind, Passage, passages
from knowledge.encoder import Vectors
from knowledge.lexical import Lexical
from knowledge.text import deaccent, syllables
from knowledge.vector_cache import VectorCache

NEIGHBOURS = 384
NEIGHBOURS_OF_TEXTS = 1024
_LEXICAL = ("names", "body", "asked", "lay")
BM25 = (0.9, 0.6)
BM25_OF_TEXTS = (1.2, 0.75)
BM25_OF_LAY = (0.9, 0.3)
FEATURES = (
    "lex_names",
    "lex_body",
    "lex_name",
    "lex_example",
    "vec_name",
    "vec_example",
    "vec_body",
    "vec_part",
    "named",
    "same",
    "lay",
)
"""What is known of a document for a question: BM25 of all names together, of the whole text, of the best single name
and the best example; cosine of the best name, the best example, the body, and the best windows and sentences; the share
of the longest name that stands in the question word for word; 1 when a name or an example has the very same words,
diacritics aside; by how much BM25 of what people say for its title exceeds half of the best BM25.

Of a document without examples the best name stands for them: it must not lose to others by having none."""
_COSINES = slice(4, 8)
_NAMED, _SAME, _LAY = 8, 9, 10
_NAME_COLUMNS, _EXAMPLE_COLUMNS = (2, 4), (3, 5)
_LAY_FROM = 0.5
"""Share of the best BM25: below it stands what questions on other entries share with people's words by chance."""
_NAME_WORDS = range(3, 13)

Matrix = npt.NDArray[Any]

# One question is searched faster by one thread than by several that wait for one another.
faiss.omp_set_num_threads(1)


@dataclass(frozen=True)
class Query:
    """A question as the index needs it: its text and its unit vector (dimension,)."""

    text: str
    vector: Vectors


class Columns(NamedTuple):
    """One value a passage: the position of its document, its kind, and a number that stands for its words."""

    owners: Matrix
    kinds: Matrix
    keys: Matrix


class Hits(NamedTuple):
    """What `Index.look_up` found: BM25 by document (`names`, `body`, `lay`) and by name or example (`asked`); the
    nearest passages (`near`) with their cosines, nearest first; the passages with the `same` words; the names that
    stand in the question (`named`), longest first, with their `lengths` in words."""

    names: Matrix
    body: Matrix
    asked: Matrix
    lay: Matrix
    cosines: Matrix
    near: Matrix
    same: Matrix
    named: Matrix
    lengths: Matrix


class Index:
    """Immutable. `ids` are those of the documents, in order."""

    def __init__(self, ids: list[str], columns: Columns, lexical: dict[str, Lexical], dense: Any) -> None:
        self.ids = ids
        self._columns = columns
        owners, kinds = columns.owners, columns.kinds
        self._owners, self._kinds = owners, kinds
        self._lexical, self._dense = lexical, dense
        self._asked = np.flatnonzero(kinds <= Kind.EXAMPLE)
        self._asked_of_kind = [self._grouped(kind) for kind in (Kind.NAME, Kind.EXAMPLE)]
        self._names: dict[int, list[int]] = {}
        for passage in np.flatnonzero(kinds == Kind.NAME).tolist():
            self._names.setdefault(int(columns.keys[passage]), []).append(passage)
        self._unasked = np.bincount(owners[kinds == Kind.EXAMPLE], minlength=len(ids)) == 0
        wanted = NEIGHBOURS_OF_TEXTS if (kinds >= Kind.WINDOW).any() else NEIGHBOURS
        self._neighbours = min(wanted, len(owners))

    def _grouped(self, kind: Kind) -> tuple[Matrix, Matrix, Matrix]:
        """The names or examples among `_asked`, where those of each document start, and which documents these are."""
        chosen = np.flatnonzero(self._kinds[self._asked] == kind)
        owners, starts = np.unique(self._owners[self._asked][chosen], return_index=True)
        return chosen, starts, owners

    @classmethod
    def build(cls, documents: Sequence[Document], cache: VectorCache) -> Index:
        """Indexes `documents`; their vectors come from `cache`."""
        pieces = passages(list(documents))
        vectors = cache.encode("passage", [piece.text for piece in pieces])
        dense = faiss.IndexFlatIP(vectors.shape[1])
        dense.add(vectors)
        bm25 = BM25 if all(document.titled for document in documents) else BM25_OF_TEXTS
        lexical = {
            "names": Lexical.build([". ".join(document.names) for document in documents], *bm25),
            "body": Lexical.build([document.text for document in documents], *bm25),
        }
        asked = [piece.text for piece in pieces if piece.kind <= Kind.EXAMPLE]
        if asked:
            lexical["asked"] = Lexical.build(asked, *bm25)
        if any(document.lay for document in documents):
            lexical["lay"] = Lexical.build([document.lay for document in documents], *BM25_OF_LAY)
        columns = Columns(_column(pieces, "document"), _column(pieces, "kind"), _keys([p.text for p in pieces]))
        return cls([document.id for document in documents], columns, lexical, dense)

    def look_up(self, query: Query) -> Hits:
        """What the lexical and the dense side find for a question."""
        asked = self._lexical["asked"].scores(query.text) if "asked" in self._lexical else np.zeros(0, np.float32)
        lay = self._lexical["lay"].scores(query.text) if "lay" in self._lexical else np.zeros(len(self.ids), np.float32)
        cosines, near = self._dense.search(query.vector.reshape(1, -1), self._neighbours)
        names, body = self._lexical["names"].scores(query.text), self._lexical["body"].scores(query.text)
        same = np.flatnonzero(self._columns.keys == _key(query.text))
        return Hits(names, body, asked, lay, cosines[0], near[0], same, *self._named_in(query.text))

    def _named_in(self, text: str) -> tuple[Matrix, Matrix]:
        words = [deaccent(word) for word in syllables(text)]
        found = [
            (passage, length)
            for length in reversed(_NAME_WORDS)
            for start in range(len(words) - length + 1)
            for passage in self._names.get(_key_of(words[start : start + length]), ())
        ]
        pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def features(self, query: Query, without: Collection[int] = ()) -> Matrix:
        """(documents, FEATURES) for a question. `without`: positions of passages to leave out of account."""
        return self.features_of(self.look_up(query), without)

    def features_of(self, hits: Hits, without: Collection[int] = ()) -> Matrix:
        """(documents, FEATURES) for what was looked up.

        A cosine outside the nearest passages (`NEIGHBOURS`) counts as the farthest of them.
        """
        rows = np.zeros((len(self.ids), len(FEATURES)), dtype=np.float32, order="F")
        rows[:, 0], rows[:, 1] = hits.names, hits.body
        skipped = np.array(sorted(without), dtype=np.int64)
        scores = np.where(np.isin(self._asked, skipped), 0.0, hits.asked) if len(skipped) else hits.asked
        for column, (chosen, starts, owners) in enumerate(self._asked_of_kind, 2):
            if len(chosen):
                rows[owners, column] = np.maximum.reduceat(scores[chosen], starts)
        kept = ~np.isin(hits.near, skipped)
        rows[:, _COSINES] = self._best_cosines(hits.cosines[kept], hits.near[kept], float(hits.cosines[-1]))
        same = hits.same[~np.isin(hits.same, skipped)]
        rows[self._owners[same[self._kinds[same] <= Kind.EXAMPLE]], _SAME] = 1.0
        kept = ~np.isin(hits.named, skipped)
        if kept.any():
            lengths = hits.lengths[kept]
            np.maximum.at(rows[:, _NAMED], self._owners[hits.named[kept]], (lengths / lengths.max()).astype(np.float32))
        rows[np.ix_(self._unasked, _EXAMPLE_COLUMNS)] = rows[np.ix_(self._unasked, _NAME_COLUMNS)]
        rows[:, _LAY] = np.maximum(hits.lay / max(float(rows[:, :4].max()), 1e-9) - _LAY_FROM, 0)
        return rows

    def _best_cosines(self, cosines: Matrix, near: Matrix, floor: float) -> Matrix:
        best = np.full((len(self.ids), len(Kind)), floor, dtype=np.float32)
        np.maximum.at(best, (self._owners[near], self._kinds[near]), cosines)
        parts = (best[:, Kind.WINDOW] + best[:, Kind.SENTENCE]) / 2
        return np.column_stack((best[:, Kind.NAME], best[:, Kind.EXAMPLE], best[:, Kind.BODY], parts))

    def passages_of(self, document: int, kind: Kind) -> list[int]:
        """Positions of the passages of one kind of a document."""
        return np.flatnonzero((self._owners == document) & (self._kinds == kind)).tolist()

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`, which exists."""
        (folder / "ids.json").write_text(json.dumps(self.ids), encoding="utf-8")
        np.savez(folder / "passages.npz", **self._columns._asdict())
        faiss.write_index(self._dense, str(folder / "vectors.faiss"))
        for name, lexical in self._lexical.items():
            (folder / name).mkdir()
            lexical.save(folder / name)

    @classmethod
    def load(cls, folder: Path) -> Index:
        """Reads what `save` wrote."""
        with np.load(folder / "passages.npz") as file:
            columns = Columns(*(file[name] for name in Columns._fields))
        lexical = {name: Lexical.load(folder / name) for name in _LEXICAL if (folder / name).exists()}
        ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        return cls(ids, columns, lexical, faiss.read_index(str(folder / "vectors.faiss")))


def _column(pieces: Sequence[Passage], name: str) -> Matrix:
    return np.array([getattr(piece, name) for piece in pieces], dtype=np.int64)


def _keys(texts: Sequence[str]) -> Matrix:
    return np.array([_key(text) for text in texts], dtype=np.int64)


def _key(text: str) -> int:
    return _key_of([deaccent(word) for word in syllables(text)])


def _key_of(words: Sequence[str]) -> int:
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=7).digest())
