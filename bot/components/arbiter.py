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
from knowledge.urgent import urgent_kind

_FILLER = re.compile(
    r"\W+|\b(?:dạ|là|số|mã|ạ|nha|nhé|nè|đây|em|tôi|tui|của|và|hồ sơ|căn cước|cuối|bốn)\b", re.IGNORECASE
)
Ranking = list[dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class IntentArbiter(GraphComponent, IntentClassifier):
    """Regroups intents that mean the same next step, then weighs the rest against the text and retrieval.

    groups: lists of intents whose confidences add up; the group's best intent carries the sum.
    question: the intent of a message that retrieval can answer. follow_up: that of one that needs a subject.
    dossier: the intent of a question that names a dossier code; about_dossier: the intents that become it.
    urgent: the intent of each kind of danger. yields_to_retrieval: intents that give way to a retrieval surer than they
    are. firm: the confidence of another intent from which danger that the text names is not believed. doubtful: the
    confidence below which danger that it does not name is not believed; certain: the same where retrieval is `sure`.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No groups and no names: the classifier's ranking stands."""
        return {
            "groups": [],
            "question": None,
            "follow_up": None,
            "dossier": None,
            "about_dossier": [],
            "urgent": {},
            "yields_to_retrieval": [],
            "sure": 0.8,
            "firm": 0.75,
            "doubtful": 0.5,
            "certain": 0.95,
        }

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
        """The arbiter with the names of config.yml."""
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
        if metadata.get("place_alone"):
            return promote(ranking, "inform", 1.0)
        ranking = regroup(ranking, self._config["groups"])
        if "dossier" in values and ranking[0]["name"] in self._config["about_dossier"]:
            return promote(ranking, self._config["dossier"], 1.0)
        return self._weigh(self._heed(text, ranking, metadata), metadata)

    def _heed(self, text: str, ranking: Ranking, metadata: dict[str, Any]) -> Ranking:
        """Danger that the text names is believed; danger that only the classifier suspects, when it is confident."""
        kinds = self._config["urgent"]
        if not kinds:
            return ranking
        restored = " ".join(question["t"] for question in metadata.get("q", ()))
        best, named = ranking[0], kinds.get(urgent_kind(text) or urgent_kind(restored))
        if named and best["name"] not in kinds.values() and best["confidence"] < self._config["firm"]:
            return promote(ranking, named, self._config["firm"])
        answerable = metadata.get("d") == "answer" and metadata.get("p", 0.0) >= self._config["sure"]
        believed = self._config["certain" if answerable else "doubtful"]
        if named or best["name"] not in kinds.values() or best["confidence"] >= believed:
            return ranking
        calm = next((i for i in ranking if i["name"] not in kinds.values()), best)
        return promote(ranking, calm["name"], max(calm["confidence"], 1.0 - best["confidence"]))

    def _weigh(self, ranking: Ranking, metadata: dict[str, Any]) -> Ranking:
        best, probability = ranking[0], metadata.get("p", 0.0)
        surer = metadata.get("d") in ("answer", "clarify") and probability > best["confidence"]
        nothing_before = "ctx" in metadata and not metadata["ctx"].get("entry")
        if surer and best["name"] in self._config["yields_to_retrieval"]:
            return promote(ranking, self._config["question"], probability)
        if nothing_before and best["name"] == self._config["follow_up"]:
            return promote(ranking, self._config["question"], best["confidence"])
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
    """`ranking` with intent `name` in front, the others sharing what is left of certainty."""
    others = [intent for intent in ranking if intent["name"] != name]
    total = sum(intent["confidence"] for intent in others)
    share = min(1.0, (1.0 - confidence) / total) if total else 0.0
    rest = [{"name": intent["name"], "confidence": intent["confidence"] * share} for intent in others]
    return [{"name": name, "confidence": confidence}, *rest]
