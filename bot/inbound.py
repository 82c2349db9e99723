"""An inbound message as the inbox keeps it, sealed, until it is answered."""

from __future__ import annotations

import json
from datetime import datetime

from bot.messages import UserMessage


def packed(message: UserMessage) -> str:
    """All of `message` but its time, which the inbox keeps beside it, as JSON."""
    facts = {
        "conversation_id": message.conversation_id,
        "channel": message.channel,
        "text": message.text,
        "message_id": message.message_id,
        "keys": message.keys,
        "language": message.language,
        "client": message.client,
    }
    return json.dumps(facts, ensure_ascii=False)


def unpacked(sealed: str, at: datetime) -> UserMessage:
    """The message that `packed` made, accepted `at` that time."""
    return UserMessage(**json.loads(sealed), at=at)
