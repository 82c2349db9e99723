"""Dense sentence features from the encoder that retrieval uses.

The gateway has already encoded a message and sends the vector in its metadata; a message without one (training, the
command line, another data set) is encoded here from the same ONNX file.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, METADATA, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.text import normalise

Vector = NDArray[np.float32]
DIMENSIONS = 384
_LONGEST = 128


class Encoder:
    """The ONNX sentence encoder of `folder` (``int8.onnx`` and ``tokenizer.json``), on one thread.

    Raises `FileNotFoundError` when the set-up has not built it yet.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer as SubwordTokenizer

        if not (folder / "int8.onnx").exists():
            raise FileNotFoundError(f"No encoder in {folder}: run `make train`, which builds it first.")
        self._subwords = SubwordTokenizer.from_file(str(folder / "tokenizer.json"))
        self._subwords.enable_truncation(_LONGEST)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "int8.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def query(self, text: str) -> Vector:
        """The unit vector of a question."""
        encoding = self._subwords.encode(f"query: {text}")
        inputs = {
            "input_ids": np.array([encoding.ids], np.int64),
            "attention_mask": np.array([encoding.attention_mask], np.int64),
        }
        vector: Vector = self._session.run(None, inputs)[0][0]
        return vector


@lru_cache(maxsize=1)
def _encoder(folder: str) -> Encoder:
    return Encoder(Path(folder))


def decode_vector(packed: Any) -> Vector | None:
    """The vector behind `packed`, base64 of 384 half-precision numbers; None when it is anything else."""
    if not isinstance(packed, str):
        return None
    try:
        vector = np.frombuffer(base64.b64decode(packed, validate=True), np.float16)
    except (binascii.Error, ValueError):
        return None
    return vector.astype(np.float32) if vector.shape == (DIMENSIONS,) and np.isfinite(vector).all() else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """One dense sentence feature of 384 numbers."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer, as Rasa asks of every featurizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """folder: the encoder, relative to the directory Rasa is started in."""
        return {**DenseFeaturizer.get_default_config(), "folder": "models/encoder"}

    @staticmethod
    def required_packages() -> list[str]:
        """The run-time of the encoder."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check before the encoder is needed."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """The featurizer; the encoder is loaded at the first message that brings no vector."""
        return cls(execution_context.node_name, config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector to each message that has a text."""
        for message in messages:
            if message.get(TEXT):
                vector = self._vector(message)[None, :]
                message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def _vector(self, message: Message) -> Vector:
        sent = decode_vector((message.get(METADATA) or {}).get("v"))
        return sent if sent is not None else _encoder(self._config["folder"]).query(normalise(message.get(TEXT)))
