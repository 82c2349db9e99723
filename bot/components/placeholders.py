"""Entities from the placeholders that the gateway puts where a personal value stood: ``⟦phone:1⟧`` is a `phone`."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

PLACEHOLDER = re.compile(r"⟦([a-z0-9]+):\d+⟧")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceholderExtractor(GraphComponent, EntityExtractorMixin):
    """One entity per placeholder: its type is the placeholder's kind, its value the placeholder itself."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlaceholderExtractor:
        """The extractor; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Append the entities of each message."""
        for message in messages:
            found = self.add_extractor_name(_entities(message.get(TEXT) or ""))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def _entities(text: str) -> list[dict[str, Any]]:
    return [
        {"entity": match[1], "value": match[0], "start": match.start(), "end": match.end(), "confidence_entity": 1.0}
        for match in PLACEHOLDER.finditer(text)
    ]
