"""The sentences that the dialogue and the gateway's own forms share, from `service_words.yml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.text_file import read_yaml


@lru_cache(maxsize=1)
def service_words() -> dict[str, Any]:
    """The sentences of `service_words.yml`."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("service_words.yml"))
    return loaded
