"""Intents by a linear support vector machine over sparse and dense sentence features, with calibrated confidences.

How strongly it is regularised is chosen on out-of-fold examples, so that one configuration suits other data sets too.
The softmax of the margins is a probability only at the right temperature, which is fitted on the same margins.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import log_softmax, softmax
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from knowledge.text import deaccent, normalise

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
_FILE = "margins.npz"
_RANKING = 5
_FOLDS = 3
_CERTAIN = 0.99


def _sparse(message: Message) -> csr_matrix:
    return message.get_sparse_features(TEXT)[1].features


def _dense(message: Message) -> Floats:
    return np.asarray(message.get_dense_features(TEXT)[1].features, np.float32)


def fit_temperature(margins: NDArray[np.float64], labels: Labels) -> float:
    """What the margins are multiplied by so that their softmax explains the labels best (least log loss)."""

    def loss(log_scale: float) -> float:
        scores = log_softmax(margins * np.exp(log_scale), axis=1)
        return -float(scores[np.arange(len(labels)), labels].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded").x))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MarginIntentClassifier(IntentClassifier, GraphComponent):
    """One linear machine per intent; needs one sparse and one dense sentence featurizer before it."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Featurizers."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """penalties: inverse strengths of regularisation to try; dense_weight: of a standardised dense value."""
        return {"penalties": [0.1, 0.3, 1.0], "dense_weight": 0.05, "random_state": 7}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check: the machine refuses a wrong penalty itself."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model: dict[str, NDArray[Any]] = {}
        self._known: dict[str, int] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MarginIntentClassifier:
        """A classifier that knows no intent yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MarginIntentClassifier:
        """The classifier of the trained model."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as saved:
            classifier._remember({name: saved[name] for name in saved.files})
        return classifier

    def _remember(self, model: dict[str, NDArray[Any]]) -> None:
        self._model = model
        self._known = dict(zip(model["sentences"].tolist(), model["meanings"].tolist(), strict=True))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the machines and the temperature."""
        messages = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        classes, labels = np.unique([m.get(INTENT) for m in messages], return_inverse=True)
        dense = np.vstack([_dense(m) for m in messages])
        self._model = {"mean": dense.mean(axis=0), "scale": dense.std(axis=0) + 1e-6}
        features = self._join(vstack([_sparse(m) for m in messages]), dense)
        penalty, temperature = self._tune(features, labels, [m.get(TEXT) for m in messages])
        coefficients, intercept = _one_row_per_class(self._machine(penalty).fit(features, labels))
        self._model |= {
            "classes": classes.astype(str),
            "coefficients": coefficients,
            "intercept": intercept,
            "temperature": np.array(temperature),
            **_memory([m.get(TEXT) for m in messages], labels),
        }
        self._remember(self._model)
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, **cast(dict[str, Any], self._model))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message that has a text."""
        for message in messages:
            if message.get(TEXT):
                ranking = self._ranking(message)
                message.set("intent", ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking[:_RANKING], add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        features = self._join(_sparse(message), _dense(message))
        margins = (features @ self._model["coefficients"].T)[0] + self._model["intercept"]
        probabilities = softmax(margins * self._model["temperature"])
        known = self._known.get(_key(message.get(TEXT)))
        if known is not None:
            probabilities = probabilities * (1 - _CERTAIN) + _CERTAIN * (np.arange(len(probabilities)) == known)
        order = np.argsort(-probabilities)
        return [{"name": str(self._model["classes"][i]), "confidence": float(probabilities[i])} for i in order]

    def _machine(self, penalty: float) -> LinearSVC:
        return LinearSVC(C=penalty, random_state=self._config["random_state"])

    def _join(self, sparse: csr_matrix, dense: Floats) -> csr_matrix:
        standard = (dense - self._model["mean"]) / self._model["scale"] * self._config["dense_weight"]
        return hstack([sparse, csr_matrix(standard)], format="csr", dtype=np.float32)

    def _tune(self, features: csr_matrix, labels: Labels, texts: list[str]) -> tuple[float, float]:
        """The penalty with most out-of-fold hits, and the temperature of its margins.

        texts: copies of one sentence that differ in diacritics only stay in one fold; rare intents are left out.
        """
        common = {label for label, count in Counter(labels.tolist()).items() if count >= 2 * _FOLDS}
        rows = np.array([i for i, label in enumerate(labels) if label in common])
        if len(common) < 2:
            return float(self._config["penalties"][0]), 1.0
        _, known = np.unique(labels[rows], return_inverse=True)
        groups = np.unique([deaccent(normalise(texts[i]).lower()) for i in rows], return_inverse=True)[1]
        tried = [self._try(features[rows], known, groups, float(penalty)) for penalty in self._config["penalties"]]
        _, penalty, temperature = max(tried)
        return penalty, temperature

    def _try(self, features: csr_matrix, labels: Labels, groups: Labels, penalty: float) -> tuple[float, float, float]:
        """(share of out-of-fold hits, penalty, temperature)."""
        margins = np.zeros((len(labels), labels.max() + 1))
        folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=self._config["random_state"])
        for train, test in folds.split(features, labels, groups):
            machine = self._machine(penalty).fit(features[train], labels[train])
            coefficients, intercept = _one_row_per_class(machine)
            margins[np.ix_(test, machine.classes_)] = features[test] @ coefficients.T + intercept
        hits = float((margins.argmax(axis=1) == labels).mean())
        return hits, penalty, fit_temperature(margins, labels)


def _key(text: str) -> str:
    return normalise(text).lower().strip(" .,!?")


def _memory(texts: list[str], labels: Labels) -> dict[str, NDArray[Any]]:
    """The training sentences with one meaning each: such a message gets that intent, whatever the margins say."""
    meanings: dict[str, set[int]] = {}
    for text, label in zip(texts, labels.tolist(), strict=True):
        meanings.setdefault(_key(text), set()).add(label)
    plain = {sentence: next(iter(found)) for sentence, found in meanings.items() if len(found) == 1}
    return {"sentences": np.array(list(plain), str), "meanings": np.array(list(plain.values()), np.int64)}


def _one_row_per_class(machine: LinearSVC) -> tuple[Floats, Floats]:
    """The coefficients and intercepts; scikit-learn keeps a single row for two classes."""
    rows, intercept = machine.coef_.astype(np.float32), machine.intercept_.astype(np.float32)
    return (rows, intercept) if len(rows) > 1 else (np.vstack([-rows, rows]), np.concatenate([-intercept, intercept]))
