"""Runs in Rasa's environment: parses the messages of an NLU file with a trained model, prints one JSON line.

``evaluate.py MODEL FILE`` → ``[{"intent", "text", "got", "confidence"}, …]``
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path.cwd()))


async def parse_all(model: str, rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    agent = Agent.load(model)
    found = []
    for intent, text in rows:
        got = (await agent.parse_message(text))["intent"]
        found.append({"intent": intent, "text": text, "got": got["name"], "confidence": got["confidence"]})
    return found


def main(model: str, file: str) -> None:
    items = yaml.safe_load(Path(file).read_text(encoding="utf-8"))["nlu"]
    rows = [(item["intent"], line.removeprefix("- ")) for item in items for line in item["examples"].splitlines()]
    print(json.dumps(asyncio.run(parse_all(model, rows))))


if __name__ == "__main__":
    main(*sys.argv[1:])
