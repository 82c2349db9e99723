"""A small corpus and the encoder of this machine, shared by the tests of retrieval."""

from pathlib import Path

import pytest

from knowledge.documents import Document, from_text
from knowledge.encoder import Encoder, load_encoder
from knowledge.evaluate import read_corpus
from knowledge.retriever import Retriever, text_retriever
from knowledge.vector_cache import VectorCache
from settings import get_settings

DATA = Path(__file__).with_name("data")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(get_settings().encoder_path)


@pytest.fixture(scope="session")
def cache(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> VectorCache:
    return VectorCache(encoder, tmp_path_factory.mktemp("vectors") / "vectors.sqlite")


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    return [from_text(row["id"], row["title"], row["text"]) for row in read_corpus(DATA / "corpus.jsonl")]


@pytest.fixture(scope="session")
def retriever(documents: list[Document], cache: VectorCache) -> Retriever:
    return text_retriever(documents, cache)
