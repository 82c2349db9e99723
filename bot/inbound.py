"""An inbound message as the inbox keeps it, sealed, until it is answered."""

from __future__ import annotations

import json

from bot.messages import UserMessage
from store.conversations import InboxRow
from store.crypto import InvalidToken, Vault

PURPOSE = "inbox"


class Unreadable(Exception):
    """What the inbox keeps of a message is gone, or cannot be opened."""


def seal(vault: Vault, message: UserMessage) -> bytes:
    """All of `message` but its time, which the inbox keeps beside it, as sealed JSON."""
    facts = {
        "conversation_id": message.conversation_id,
        "channel": message.channel,
        "text": message.text,
        "message_id": message.message_id,
        "keys": message.keys,
        "language": message.language,
        "client": message.client,
    }
    return vault.seal(json.dumps(facts, ensure_ascii=False), PURPOSE)


def unseal(vault: Vault, row: InboxRow) -> UserMessage:
    """The message that `seal` sealed. Raises `Unreadable`."""
    try:
        return UserMessage(**json.loads(vault.open(row.sealed or b"", PURPOSE)), at=row.accepted_at)
    except (InvalidToken, ValueError, TypeError) as error:
        raise Unreadable from error
