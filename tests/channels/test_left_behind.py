"""Messages that were accepted and left behind: answered by whoever finds them, or the citizen is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.feed import Feed
from bot.inbound import seal
from bot.messages import Reply, UserMessage
from knowledge.question import Context, Understanding
from store import parked, turns
from store.base import new_id, now
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.inbox import MAX_ATTEMPTS
from tests.channels.zalo_desk import Repeating
from tests.running import free_port

POISON = "tin làm sập"
APOLOGY = "Xin lỗi anh/chị, tin nhắn gửi lúc "


class Died(BaseException):
    """The process ends here."""


class Fragile(Repeating):
    """Knowledge whose process does not survive one message."""

    def understand(self, text: str, context: Context) -> Understanding:
        if text == POISON:
            raise Died
        return super().understand(text, context)


@pytest.fixture
async def conversation(database: Database, vault: Vault) -> AsyncIterator[Conversation]:
    """A replica whose Rasa is down."""
    rasa = RasaClient(f"http://127.0.0.1:{free_port()}", "")
    yield Conversation(database, vault, Fragile(), rasa, Feed(None), "one")
    await rasa.close()


def left_behind(database: Database, vault: Vault, text: str, channel: str = "web", attempts: int = 1) -> int:
    """A message whose worker is gone, in a conversation of its own; its row."""
    with database.write() as session:
        talk = ConversationRow(id=new_id(), channel=channel)
        session.add(talk)
        session.flush()
        message = UserMessage(talk.id, "zalo" if channel == "zalo" else "web", text, "m", now())
        row = InboxRow(
            conversation_id=talk.id, message_id="m", channel=channel, sealed=seal(vault, message), state="working",
            attempts=attempts, lease_owner="gone", lease_until=now() - timedelta(seconds=1),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def kept(database: Database, row_id: int) -> tuple[InboxRow, list[TurnRow]]:
    """A row of the inbox, and what was said in its conversation."""
    with database.read() as session:
        row = session.get_one(InboxRow, row_id)
        return row, turns.latest(session, row.conversation_id)


async def test_a_message_that_cannot_be_read_holds_up_no_other(
    conversation: Conversation, database: Database, vault: Vault
) -> None:
    broken, gone, healthy = (left_behind(database, vault, text) for text in ("một", "hai", "ba"))
    with database.write() as session:
        session.get_one(InboxRow, broken).sealed = b"of another key"
        session.get_one(InboxRow, gone).sealed = None
    assert await conversation.recover() == 3
    assert [kept(database, row)[0].state for row in (broken, gone, healthy)] == ["working", "working", "done"]


async def test_a_message_that_ends_the_process_is_parked_alone(
    conversation: Conversation, database: Database, vault: Vault
) -> None:
    poison, *healthy = (left_behind(database, vault, text) for text in (POISON, "một", "hai"))
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(Died):
            await conversation.recover()
        conversation.release()
    assert [kept(database, row)[0].attempts for row in healthy] == [1, 1]
    await conversation.recover()
    row, said = kept(database, poison)
    assert (row.state, [turn.text.startswith(APOLOGY) for turn in said]) == ("parked", [True])
    assert [kept(database, row)[0].state for row in healthy] == ["done", "done"]


@pytest.mark.parametrize("channel", ["web", "zalo"])
async def test_who_gets_no_answer_is_told_once(
    conversation: Conversation, database: Database, vault: Vault, channel: str
) -> None:
    sent: list[Reply] = []
    conversation.deliver["zalo"] = lambda session, talk, reply: sent.append(reply)
    given_up = left_behind(database, vault, "lệ phí khai sinh", channel, MAX_ATTEMPTS)
    assert await conversation.recover() == 1
    row, (apology,) = kept(database, given_up)
    assert (row.state, row.turn_id) == ("parked", apology.id)
    assert (apology.author, apology.status) == ("assistant", "unavailable")
    assert apology.text.startswith(APOLOGY)
    assert [reply.turn_id for reply in sent] == ([apology.id] if channel == "zalo" else [])
    again = UserMessage(row.conversation_id, "web", "lệ phí khai sinh", "m", now())
    assert (await conversation.reply(again)).turn_id == apology.id
    with database.write() as session:
        stuck = session.get_one(InboxRow, given_up)
        assert parked.retry(stuck)
        stuck.attempts = MAX_ATTEMPTS
    assert await conversation.recover() == 1
    assert [turn.id for turn in kept(database, given_up)[1]] == [apology.id]


async def test_a_message_tried_again_after_the_apology_is_answered(
    conversation: Conversation, database: Database, vault: Vault
) -> None:
    stuck = left_behind(database, vault, "lệ phí khai sinh", attempts=MAX_ATTEMPTS)
    await conversation.recover()
    with database.write() as session:
        assert parked.retry(session.get_one(InboxRow, stuck))
    await conversation.recover()
    row, said = kept(database, stuck)
    assert row.state == "done"
    assert [turn.author for turn in said] == ["assistant", "citizen", "assistant"]
    assert said[-1].text == "Trả lời: lệ phí khai sinh"
