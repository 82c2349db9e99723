"""Runs in Rasa's environment, ``python -m console.parse_messages MODEL``: what a model takes messages for.

Standard input: a JSON list of texts. Standard output: its last line is the JSON list of intents, in the same order.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys


async def parse_all(model: str, texts: list[str]) -> list[str]:
    """The intent of each text by the model in the archive `model`."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    agent = Agent.load(model)
    return [(await agent.parse_message(text))["intent"]["name"] for text in texts]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(parse_all(sys.argv[1], json.load(sys.stdin)))))
