"""Settles the intent after the classifier, with what the gateway's retrieval found and what the text shows.

Each rule leaves the classifier's intent alone when it has nothing to add, so that the pipeline works without metadata
and on other data sets.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.placeholders import PLACEHOLDER

_FILLER = re.compile(r"[\s\W]+|\b(?:dạ|là|số|mã|ạ|nha|nhé|đây|em|tôi|của|và|hồ sơ|căn cước|cuối|bốn)\b", re.IGNORECASE)
Ranking = list[dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentArbiter(GraphComponent, IntentClassifier):
    """Regroups intents that mean the same next step, then weighs the rest against retrieval.

    groups: lists of intents whose confidences add up; the group's best intent carries the sum.
    question: the intent of a message that retrieval can answer. yields_to_retrieval: intents that give way to it.
    sure: the retrieval probability from which it decides. firm: the confidence that no retrieval overrules.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No groups: the classifier's ranking stands."""
        return {"groups": [], "question": None, "yields_to_retrieval": [], "sure": 0.8, "firm": 0.75}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentArbiter:
        """The arbiter with the groups of config.yml."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message anew."""
        for message in messages:
            ranking = message.get("intent_ranking")
            if not ranking:
                continue
            ranking = self._settle(message.get(TEXT) or "", ranking, message.get(METADATA) or {})
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _settle(self, text: str, ranking: Ranking, metadata: dict[str, Any]) -> Ranking:
        values = PLACEHOLDER.findall(text)
        if values and not _FILLER.sub("", PLACEHOLDER.sub("", text)):
            return promote(ranking, "give_dossier_code" if "dossier" in values else "inform", 1.0)
        return self._weigh(regroup(ranking, self._config["groups"]), metadata)

    def _weigh(self, ranking: Ranking, metadata: dict[str, Any]) -> Ranking:
        best = ranking[0]
        answerable = metadata.get("d") == "answer" and metadata.get("p", 0.0) >= self._config["sure"]
        yields = best["name"] in self._config["yields_to_retrieval"] and best["confidence"] < self._config["firm"]
        if answerable and yields:
            return promote(ranking, self._config["question"], float(metadata["p"]))
        return ranking


def regroup(ranking: Ranking, groups: list[list[str]]) -> Ranking:
    """`ranking` with the confidences of each group moved to its best intent, sorted anew."""
    merged = [dict(intent) for intent in ranking]
    for group in groups:
        members = [intent for intent in merged if intent["name"] in group]
        for other in members[1:]:
            members[0]["confidence"] += other["confidence"]
            other["confidence"] = 0.0
    return sorted(merged, key=lambda intent: -intent["confidence"])


def promote(ranking: Ranking, name: str, confidence: float) -> Ranking:
    """`ranking` with intent `name` in front."""
    return [{"name": name, "confidence": confidence}, *(intent for intent in ranking if intent["name"] != name)]
