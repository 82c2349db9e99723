"""Splits a message into syllables, numbers and punctuation, and keeps a placeholder such as ``⟦phone:1⟧`` whole.

Vietnamese writes a space between syllables, not words. Syllables are the tokens because every entity annotation begins
and ends at one; joining them into words first misaligned annotations and gained nothing for intents (docs/intents.md).
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

_TOKEN = re.compile(r"⟦[a-z0-9]+:\d+⟧|\w+|[^\w\s]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SyllableTokenizer(Tokenizer):
    """One token per syllable, number, punctuation mark or placeholder."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No intent splitting; the token pattern is fixed."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of one attribute of a message, with their offsets in the text."""
        text = message.get(attribute)
        tokens = [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]
        return tokens or [Token(text, 0, len(text))]
