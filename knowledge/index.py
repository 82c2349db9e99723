"""The searchable form of a set of documents: BM25 arrays and a FAISS index, built and read together."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.documents import Document, Kind, Passage, passages
from knowledge.encoder import Vectors
from knowledge.lexical import Lexical
from knowledge.vector_cache import VectorCache

NEIGHBOURS = 384
FEATURES = ("lex_names", "lex_body", "lex_name", "lex_example", "vec_name", "vec_example", "vec_body", "vec_part")
"""What is known of a document for a question: BM25 of all names together, of the whole text, of the best single name and
the best example; cosine of the best name, the best example, the body, and the best windows and sentences."""

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Query:
    """A question as the index needs it: its text and its unit vector (dimension,)."""

    text: str
    vector: Vectors


class Index:
    """Immutable. `ids` are those of the documents, in order."""

    def __init__(self, ids: list[str], owners: Matrix, kinds: Matrix, lexical: dict[str, Lexical], dense: Any) -> None:
        self.ids = ids
        self._owners, self._kinds = owners, kinds
        self._lexical, self._dense = lexical, dense
        self._asked = np.flatnonzero(kinds <= Kind.EXAMPLE)
        self._neighbours = min(NEIGHBOURS, len(owners))

    @classmethod
    def build(cls, documents: Sequence[Document], cache: VectorCache) -> Index:
        """Indexes `documents`; their vectors come from `cache`."""
        pieces = passages(list(documents))
        vectors = cache.encode("passage", [piece.text for piece in pieces])
        dense = faiss.IndexFlatIP(vectors.shape[1])
        dense.add(vectors)
        lexical = {
            "names": Lexical.build([". ".join(document.names) for document in documents]),
            "body": Lexical.build([document.text for document in documents]),
        }
        asked = [piece.text for piece in pieces if piece.kind <= Kind.EXAMPLE]
        if asked:
            lexical["asked"] = Lexical.build(asked)
        owners, kinds = _column(pieces, "document"), _column(pieces, "kind")
        return cls([document.id for document in documents], owners, kinds, lexical, dense)

    def features(self, query: Query, without: Collection[int] = ()) -> Matrix:
        """(documents, FEATURES) for a question. `without`: positions of passages to leave out of account.

        A cosine outside the nearest `NEIGHBOURS` passages counts as the farthest of them.
        """
        rows = np.zeros((len(self.ids), len(FEATURES)), dtype=np.float32)
        rows[:, 0] = self._lexical["names"].scores(query.text)
        rows[:, 1] = self._lexical["body"].scores(query.text)
        skipped = np.array(sorted(without), dtype=np.int64)
        self._add_asked(rows, query.text, skipped)
        self._add_dense(rows, query.vector, skipped)
        return rows

    def _add_asked(self, rows: Matrix, text: str, skipped: npt.NDArray[np.int64]) -> None:
        if "asked" not in self._lexical:
            return
        scores = self._lexical["asked"].scores(text)
        scores[np.isin(self._asked, skipped)] = 0.0
        for column, kind in ((2, Kind.NAME), (3, Kind.EXAMPLE)):
            of_kind = self._kinds[self._asked] == kind
            np.maximum.at(rows[:, column], self._owners[self._asked][of_kind], scores[of_kind])

    def _add_dense(self, rows: Matrix, vector: Vectors, skipped: npt.NDArray[np.int64]) -> None:
        cosines, near = self._dense.search(vector.reshape(1, -1), self._neighbours)
        kept = ~np.isin(near[0], skipped)
        cosine, near = cosines[0][kept], near[0][kept]
        rows[:, 4:] = cosines[0][-1]
        parts = []
        for kind in Kind:
            best = np.full(len(self.ids), cosines[0][-1], dtype=np.float32)
            of_kind = self._kinds[near] == kind
            np.maximum.at(best, self._owners[near][of_kind], cosine[of_kind])
            parts.append(best)
        rows[:, 4], rows[:, 5], rows[:, 6] = parts[Kind.NAME], parts[Kind.EXAMPLE], parts[Kind.BODY]
        rows[:, 7] = (parts[Kind.WINDOW] + parts[Kind.SENTENCE]) / 2

    def passages_of(self, document: int, kind: Kind) -> list[int]:
        """Positions of the passages of one kind of a document."""
        return np.flatnonzero((self._owners == document) & (self._kinds == kind)).tolist()

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`, which exists."""
        (folder / "ids.json").write_text(json.dumps(self.ids), encoding="utf-8")
        np.savez(folder / "passages.npz", owners=self._owners, kinds=self._kinds)
        faiss.write_index(self._dense, str(folder / "vectors.faiss"))
        for name, lexical in self._lexical.items():
            (folder / name).mkdir()
            lexical.save(folder / name)

    @classmethod
    def load(cls, folder: Path) -> Index:
        """Reads what `save` wrote."""
        with np.load(folder / "passages.npz") as file:
            owners, kinds = file["owners"], file["kinds"]
        lexical = {name: Lexical.load(folder / name) for name in ("names", "body", "asked") if (folder / name).exists()}
        ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        return cls(ids, owners, kinds, lexical, faiss.read_index(str(folder / "vectors.faiss")))


def _column(pieces: Sequence[Passage], name: str) -> Matrix:
    return np.array([getattr(piece, name) for piece in pieces], dtype=np.int64)
