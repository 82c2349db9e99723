"""What the actions of one gateway share; made once by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from knowledge.answer import Answer
from knowledge.live import LiveKnowledge
from knowledge.province import Profile
from knowledge.vocabulary import Button, Message, message_json
from store.crypto import Vault
from store.engine import Database


@dataclass(frozen=True, slots=True)
class Runtime:
    """The store, the keys, the live knowledge and the province's profile."""

    database: Database
    vault: Vault
    knowledge: LiveKnowledge
    profile: Profile


def metadata_of(tracker: Tracker) -> dict[str, Any]:
    """What the gateway packed beside the latest message; empty when Rasa was asked directly."""
    return dict((tracker.latest_message or {}).get("metadata") or {})


def intent_of(tracker: Tracker) -> str | None:
    """The name of the latest intent."""
    intent: str | None = tracker.get_intent_of_latest_message()
    return intent


def say(dispatcher: CollectingDispatcher, status: str, *messages: Message, **details: Any) -> None:
    """Send messages with a status; `details` are facts for the channel."""
    dispatcher.utter_message(json_message=payload(status, messages, None, details))


def say_text(
    dispatcher: CollectingDispatcher, status: str, text: str, *buttons: Button, spoken: str = "", **details: Any
) -> None:
    """Send one message that cites no entry."""
    say(dispatcher, status, Message(text, spoken or text, buttons=buttons), **details)


def payload(
    status: str, messages: tuple[Message, ...], confidence: float | None = None, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The `custom` JSON of a reply (see `bot.replies`)."""
    return {
        "status": status,
        "messages": [message_json(m) for m in messages],
        "confidence": confidence,
        "details": details or {},
    }


def answer_payload(answer: Answer) -> dict[str, Any]:
    """The `custom` JSON of an answer of the knowledge base."""
    return payload(answer.status, answer.messages, answer.confidence, answer.details)
