"""Sentence features: TF-IDF of word and character n-grams of the normalised text, with and without its diacritics."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.text import deaccent, normalise

_FILE = "ngrams.json"
_WORDS = r"⟦\w+|\w+|[^\w\s]"


def _vectorizers(config: dict[str, Any]) -> list[TfidfVectorizer]:
    """Words and characters of the accented text, then of the bare text."""
    words = {"token_pattern": _WORDS, "ngram_range": tuple(config["word_ngrams"]), "sublinear_tf": True}
    characters = {
        "analyzer": "char_wb",
        "ngram_range": tuple(config["character_ngrams"]),
        "sublinear_tf": True,
        "min_df": config["min_character_df"],
    }
    return [TfidfVectorizer(**settings, dtype=np.float32) for settings in (words, characters, words, characters)]


class _Block:
    """What one fitted vectorizer knows. It weighs one text as the vectorizer does, without matrices on the way."""

    def __init__(self, vectorizer: TfidfVectorizer, terms: list[str], idf: list[float]) -> None:
        self._analyse = vectorizer.build_analyzer()
        self._columns = {term: i for i, term in enumerate(terms)}
        self._idf = np.asarray(idf, np.float32)
        self.size = len(terms)

    def weigh(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """(1 + log count) times idf of the known n-grams of `text`, of unit length, and their columns."""
        counts = Counter(self._columns[term] for term in self._analyse(text) if term in self._columns)
        columns = np.fromiter(counts, np.int32, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self._idf[columns]
        length = np.linalg.norm(weights)
        return (weights / length if length else weights).astype(np.float32), columns


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(SparseFeaturizer, GraphComponent):
    """Four TF-IDF blocks side by side, each of unit length, as one sparse sentence feature."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer, as Rasa asks of every featurizer; the n-grams are read from the text itself."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Lengths of the n-grams; min_character_df: in how many messages a character n-gram must occur."""
        return {
            **SparseFeaturizer.get_default_config(),
            "word_ngrams": [1, 2],
            "character_ngrams": [2, 4],
            "min_character_df": 2,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check: the vectorizers refuse a wrong range themselves."""

    def __init__(self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._storage, self._resource = storage, resource
        self._vectorizers = _vectorizers(config)
        self._known: list[_Block] = []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NgramFeaturizer:
        """A featurizer that has seen nothing yet."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NgramFeaturizer:
        """The featurizer with the vocabularies of the trained model."""
        featurizer = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            saved = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        featurizer._remember(saved)
        return featurizer

    def _remember(self, saved: list[dict[str, Any]]) -> None:
        blocks = zip(self._vectorizers, saved, strict=True)
        self._known = [_Block(vectorizer, state["terms"], state["idf"]) for vectorizer, state in blocks]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabularies from the messages that have a text."""
        texts = [normalise(m.get(TEXT)) for m in training_data.training_examples if m.get(TEXT)]
        bare = [deaccent(text) for text in texts]
        saved = []
        for vectorizer, source in zip(self._vectorizers, (texts, texts, bare, bare), strict=True):
            vectorizer.fit(source)
            terms = vectorizer.get_feature_names_out().tolist()
            saved.append({"terms": terms, "idf": [round(float(weight), 5) for weight in vectorizer.idf_]})
        self._remember(saved)
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence feature to each message that has a text."""
        for message in messages:
            if message.get(TEXT):
                vector = self._vector(message.get(TEXT))
                message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def _vector(self, text: str) -> csr_matrix:
        accented = normalise(text)
        bare = deaccent(accented)
        values, columns, start = [], [], 0
        for block, source in zip(self._known, (accented, accented, bare, bare), strict=True):
            weights, places = block.weigh(source)
            values.append(weights)
            columns.append(places + start)
            start += block.size
        data, places = np.concatenate(values), np.concatenate(columns)
        return csr_matrix((data, places, [0, len(data)]), shape=(1, start), dtype=np.float32)
