"""Every log line of a turn names the conversation and the message, whoever writes it."""

from __future__ import annotations

from typing import Any, cast

import httpx
import structlog
from structlog.testing import capture_logs

from actions.runtime import Runtime
from actions.server import create_app
from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.feed import Feed
from bot.messages import UserMessage
from knowledge.live import LiveKnowledge
from knowledge.province import Profile
from knowledge.question import Context, Understanding
from store.base import now
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from tests.channels.zalo_desk import Repeating
from tests.running import free_port

log = structlog.get_logger()
TURN = {"conversation": "c", "turn": "m"}
WITH_CONTEXT = (structlog.contextvars.merge_contextvars,)


class Worried(Repeating):
    """Knowledge that logs a warning while it understands."""

    def understand(self, text: str, context: Context) -> Understanding:
        log.warning("slow")
        return super().understand(text, context)


async def test_lines_of_a_turn_in_the_gateway(database: Database, vault: Vault) -> None:
    rasa = RasaClient(f"http://127.0.0.1:{free_port()}", "")
    conversation = Conversation(database, vault, Worried(), rasa, Feed(None), "one")
    with database.write() as session:
        session.add(ConversationRow(id="c", channel="web"))
    with capture_logs(WITH_CONTEXT) as lines:
        await conversation.reply(UserMessage("c", "web", "lệ phí khai sinh", "m", now()))
        log.warning("after")
    await rasa.close()
    assert {line["event"]: TURN.items() <= line.items() for line in lines} == {
        "slow": True, "answered without dialogue": True, "after": False,
    }  # fmt: skip


async def test_lines_of_an_action(database: Database, vault: Vault) -> None:
    app = create_app(Runtime(database, vault, cast(LiveKnowledge, None), cast(Profile, None)))
    latest = {"text": "mấy giờ làm việc", "metadata": {"turn": "m"}}
    tracker: dict[str, Any] = {"sender_id": "c", "slots": {}, "latest_message": latest, "events": [], "paused": False}
    call = {"next_action": "action_hours", "sender_id": "c", "tracker": tracker, "domain": {}}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        with capture_logs(WITH_CONTEXT) as lines:
            assert (await http.post("/webhook", json=call)).status_code == 500
    assert [line["event"] for line in lines if TURN.items() <= line.items()] == ["action failed"]
