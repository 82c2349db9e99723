"""Training examples once more without their diacritics, as many citizens type; entity annotations stay in place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from knowledge.text import deaccent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BareCopies(GraphComponent):
    """Doubles the training data; leaves messages to be understood as they are."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BareCopies:
        """The component; there is nothing to configure."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """`training_data` and the bare copies of the examples that had diacritics."""
        copies = [copy for m in training_data.training_examples if (copy := bare_copy(m)) is not None]
        return training_data.merge(TrainingData(copies))

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages, untouched."""
        return messages


def bare_copy(message: Message) -> Message | None:
    """`message` without diacritics; None when it has none, or when offsets of its entities would move."""
    text = message.get(TEXT)
    if not text:
        return None
    bare = deaccent(text)
    if bare == text or len(bare) != len(text):
        return None
    data = {**deepcopy(message.data), TEXT: bare}
    for entity in data.get(ENTITIES, ()):
        if entity["value"] == text[entity["start"] : entity["end"]]:
            entity["value"] = bare[entity["start"] : entity["end"]]
    return Message(data=data)
