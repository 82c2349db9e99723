"""Who answers a message, whatever it asks: the assistant, a member of staff, or nobody any more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.feed import Feed
from bot.messages import Reply, UserMessage
from bot.wording import words
from knowledge.urgent import urgent_text
from store import turns
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


@pytest.mark.parametrize(
    ("state", "ended", "after"), [("person", None, "person_has_it"), ("ended", AT, "ended"), ("assistant", None, None)]
)
async def test_a_danger_is_answered_at_once_and_kept_for_whoever_has_the_conversation(
    database: Database, vault: Vault, state: str, ended: datetime | None, after: str | None
) -> None:
    reply = await _reply(database, vault, state, ended, "Cán bộ ơi, nhà tôi đang cháy")
    assert reply.status == "urgent"
    assert reply.details["urgent"] == "fire"
    said = [message.text for message in reply.messages]
    assert said == [urgent_text("fire"), *([words()[after]] if after else [])]
    with database.read() as session:
        asked, answered = turns.latest(session, reply.conversation_id)
    assert (asked.author, asked.text) == ("citizen", "Cán bộ ơi, nhà tôi đang cháy")
    assert answered.status == "urgent"


async def test_an_ordinary_message_is_only_passed_on_to_the_person(database: Database, vault: Vault) -> None:
    reply = await _reply(database, vault, "person", None, "Tôi gửi thêm giấy chứng sinh nhé")
    assert reply.status == "handed_over"
    assert [message.text for message in reply.messages] == [words()["person_has_it"]]


async def _reply(database: Database, vault: Vault, state: str, ended: datetime | None, text: str) -> Reply:
    """What a new conversation in this state says to its first message while Rasa is down."""
    dialogue = RasaClient(f"http://127.0.0.1:{free_port()}", "")
    conversation = Conversation(database, vault, Repeating(), dialogue, Feed(None), "one")
    with database.write() as session:
        row = ConversationRow(id=new_id(), channel="web", state=state, ended_at=ended)
        session.add(row)
    reply = await conversation.reply(UserMessage(row.id, "web", text, new_id(), AT))
    await dialogue.close()
    return reply
