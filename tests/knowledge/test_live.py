"""What travels to the dialogue beside a message."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from knowledge.encoder import Encoder, onnx_name
from knowledge.live import LiveKnowledge
from knowledge.province import load_profile
from knowledge.publish import LiveSnapshot
from knowledge.question import Context
from knowledge.retriever import Retrieval
from knowledge.seeding import load_seed

ENTRIES = {"1.000894": next(entry for entry in load_seed() if entry.id == "1.000894")}
VECTOR = np.ones(384, np.float32)


class Searching:
    """A retriever that finds nothing, with an encoder of 384 numbers."""

    encoder = SimpleNamespace(name="another-model", encode_queries=lambda texts: VECTOR[None, :])
    aspects = None
    decision = None

    def search(self, text: str) -> Retrieval:
        return Retrieval(text, text, 1.0, VECTOR, (), 0.0, 0.0, "refuse")


def sent(dialogue_encoder: str) -> list[Any]:
    """The vectors in the metadata of a written and of a pressed message."""
    live = SimpleNamespace(number=1, current=SimpleNamespace(entries=ENTRIES, retriever=Searching()))
    knowledge = LiveKnowledge(cast(LiveSnapshot, live), load_profile("tinh-mau"), dialogue_encoder)
    read = (knowledge.understand("chuyện trên trời", Context()), knowledge.pressed("1.000894", "fee"))
    return [understanding.metadata(Context())["v"] for understanding in read]


def test_vectors_go_to_a_dialogue_that_was_trained_with_the_same_encoder() -> None:
    assert all(sent("another-model"))


@pytest.mark.parametrize("trained_with", ["encoder-0123456789ab", ""])
def test_vectors_of_another_encoder_stay_here(trained_with: str) -> None:
    assert sent(trained_with) == [None, None]


def test_an_encoder_is_named_without_loading_it(encoder: Encoder, tmp_path: Path) -> None:
    assert onnx_name(Path(encoder.model)) == encoder.name
    assert onnx_name(tmp_path) == ""
