"""The sentences of `words.yml`, and the buttons that go with them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text_file import read_yaml
from knowledge.vocabulary import Button


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The sentences of `words.yml`."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("words.yml"))
    return loaded


def button(intent: str) -> Button:
    """The button that sends ``/intent``, titled as in `words.yml`."""
    return Button(words()["buttons"][intent], f"/{intent}")
