"""Who answers a message, whatever it asks: the assistant, a member of staff, or nobody any more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.feed import Feed
from bot.messages import UserMessage
from bot.wording import words
from store.base import new_id
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from tests.channels.exact_desk import ExactDesk
from tests.channels.zalo_desk import Repeating
from tests.running import free_port

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "ended", "expected"),
    [("person", None, "person_has_it"), ("queued", AT, "ended"), ("assistant", None, None)],
)
async def test_a_code_is_for_the_assistant_alone(
    database: Database, vault: Vault, state: str, ended: datetime | None, expected: str | None
) -> None:
    desk, dialogue = ExactDesk(database, vault), RasaClient(f"http://127.0.0.1:{free_port()}", "")
    conversation = Conversation(database, vault, Repeating(), dialogue, Feed(None), "one")
    conversation.exact = desk.words
    with database.write() as session:
        row = session.get_one(ConversationRow, desk.id)
        row.state, row.ended_at = state, ended
    reply = await conversation.reply(UserMessage(desk.id, "web", "123 456", new_id(), AT, client="here"))
    await dialogue.close()
    said = reply.messages[0].text
    assert said == words()[expected] if expected else "mã" in said.lower()
