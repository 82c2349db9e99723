"""Tells a citizen, once, that a message was not answered: it was tried too often, or a supervisor gave it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.messages import Button, Message
from bot.replies import reply_from_turn
from bot.wording import words
from knowledge.province import ZONE
from knowledge.vocabulary import message_json
from store import turns
from store.base import new_id
from store.conversations import ConversationRow, InboxRow, TurnRow

if TYPE_CHECKING:
    from bot.conversation import Deliver


def apologise(session: Session, row: InboxRow, deliver: Mapping[str, Deliver]) -> None:
    """Commit an apology as the reply to a message; nothing when it has a reply.

    row: of the inbox, being changed in `session`. deliver: `Conversation.deliver`.
    """
    if row.turn_id is not None:
        return
    text = words()["given_up"].format(at=f"{row.accepted_at.astimezone(ZONE):%H:%M %d/%m/%Y}")
    message = Message(text, text, buttons=(Button(words()["pressed_intents"]["human"], "/human"),))
    turn = TurnRow(
        id=new_id(), author="assistant", text=text, status="unavailable", messages=[message_json(message)], details={}
    )
    conversation = session.get_one(ConversationRow, row.conversation_id)
    turns.append(session, conversation, [turn])
    row.turn_id = turn.id
    if row.channel in deliver:
        deliver[row.channel](session, conversation, reply_from_turn(turn))
