"""Sentence vectors of queries and passages: int8 ONNX when the folder has one, else any sentence-transformers model.

An e5 model wants ``query: `` and ``passage: `` before a text; the prompts stand in the model's own configuration.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Role = Literal["query", "passage"]
MAX_TOKENS = 512
TORCH_BATCH = 32
ONNX_BATCH = 1
"""One by one is as fast on a core, and padding would disturb the dynamic quantisation of the shorter texts."""


class Encoder:
    """Unit vectors, float32, one row a text.

    model: what `load_encoder` was given. name: identifies the model, so that vectors of different models never mix.
    dimension: of one vector. encode: rows for at most `batch` texts that already carry their prompt.
    """

    def __init__(
        self,
        model: str,
        name: str,
        dimension: int,
        encode: Callable[[list[str]], Vectors],
        prompts: dict[Role, str],
        batch: int,
    ) -> None:
        self.model, self.name, self.dimension = model, name, dimension
        self._encode, self._prompts, self._batch = encode, prompts, batch

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, (n, dimension)."""
        return self._rows("query", texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what is to be found, (n, dimension)."""
        return self._rows("passage", texts)

    def _rows(self, role: Role, texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), self._batch):
            part = [self._prompts[role] + text for text in texts[start : start + self._batch]]
            rows[start : start + len(part)] = self._encode(part)
        return rows


@lru_cache(maxsize=4)
def load_encoder(model: str) -> Encoder:
    """The encoder `model`: a folder with ``int8.onnx`` and ``tokenizer.json``, or a sentence-transformers id or folder.

    FileNotFoundError names the folder when it looks like a path and is not there.
    """
    folder = Path(model)
    if (folder / "int8.onnx").exists():
        return _onnx(folder)
    if model.startswith((".", "/", "models/")) and not folder.exists():
        raise FileNotFoundError(f"no encoder in {model}: run `make train`, or set ENCODER to a model")
    return _sentence_transformer(model)


def _onnx(folder: Path) -> Encoder:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    model = str(folder / "int8.onnx")
    with ThreadPoolExecutor(1) as beside:
        opening = beside.submit(onnxruntime.InferenceSession, model, options, providers=["CPUExecutionProvider"])
        name = onnx_name(folder)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = opening.result()
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("<pad>") or 0, pad_token="<pad>")  # noqa: S106

    def encode(texts: list[str]) -> Vectors:
        batch = tokenizer.encode_batch(texts)
        ids = np.array([item.ids for item in batch], dtype=np.int64)
        mask = np.array([item.attention_mask for item in batch], dtype=np.int64)
        return cast(Vectors, session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0])

    dimension = int(session.get_outputs()[0].shape[-1])
    return Encoder(str(folder), name, dimension, encode, _prompts(folder), ONNX_BATCH)


def onnx_name(folder: Path) -> str:
    """The `Encoder.name` of the ONNX encoder in `folder`, without loading it; "" when there is none."""
    file = folder / "int8.onnx"
    return f"{folder.name}-{_digest(file)}" if file.exists() else ""


def _prompts(folder: Path) -> dict[Role, str]:
    file = folder / "config_sentence_transformers.json"
    prompts = json.loads(file.read_text(encoding="utf-8")).get("prompts", {}) if file.exists() else {}
    return _roles(prompts)


def _roles(prompts: dict[str, str]) -> dict[Role, str]:
    return {"query": prompts.get("query", ""), "passage": prompts.get("passage", prompts.get("document", ""))}


def _digest(file: Path) -> str:
    stat = file.stat()
    with file.open("rb") as stream:
        head = stream.read(1 << 16)
        stream.seek(-min(stat.st_size, 1 << 16), 2)
        return hashlib.sha256(head + stream.read() + str(stat.st_size).encode()).hexdigest()[:12]


def _sentence_transformer(model: str) -> Encoder:
    from sentence_transformers import SentenceTransformer

    loaded: Any = SentenceTransformer(model, device="cpu")

    def encode(texts: list[str]) -> Vectors:
        return np.asarray(loaded.encode(texts, prompt="", normalize_embeddings=True), dtype=np.float32)

    dimension = int(loaded.get_embedding_dimension())
    return Encoder(model, model, dimension, encode, _roles(loaded.prompts or {}), TORCH_BATCH)
