"""Carries a conversation to another channel: a code is given in one, entered in the other.

What goes along is what was asked and answered, masked, and the place in the queue for a person. What never goes along
is proof of who somebody is: nothing about a dossier, none of the sealed values behind placeholders. Two channels are
one person only by such a code.

How a channel uses it, each in one writing transaction (`Database.write`):

* *give a code*: ``code = give_code(session, vault, conversation.id, now())``; say it, six digits, good for ten minutes
  and once. The chat and Zalo do so by the intent `continue_elsewhere`, the telephone by its menu.
* *take a code*: ``taken = take_code(session, vault, code, conversation, client, now())``; then say `taken.text` and
  `taken.messages`, or the sentence of `Refused`. On the web and on Zalo `bot.exact.ExactWords` does so before the
  dialogue, for a message that is six digits and nothing else; a telephone collects the digits by its keys.
* *during a call*: ``send_to_linked(session, conversation.id, messages, deliver, turn_id)`` writes messages, the papers
  that the caller asked for by key, into the conversation that a code has joined to the call, and nowhere else: a
  caller's number may be forged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from bot.conversation import Deliver
from bot.messages import Message, Reply
from bot.privacy import PLACEHOLDER
from bot.replies import message_from
from bot.wording import words
from knowledge.vocabulary import Aspect, message_json
from store import guesses, hand_over, moves, turns
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault

CODE = re.compile(r"\d{6}")
BUDGET = guesses.Budget()
RECAP_TURNS = 20
_PRIVATE = ("dossier",)


@dataclass(frozen=True, slots=True)
class Taken:
    """A conversation that was carried over.

    channel: where it was. text: says so, to be said first. messages: the last answer again, so that the citizen can go
    on from it; it is also the context of follow-ups once it is stored with `status`. entry, aspect: what it was about.
    """

    channel: str
    text: str
    status: str
    messages: tuple[Message, ...]
    entry: str | None
    aspect: Aspect | None


@dataclass(frozen=True, slots=True)
class Refused:
    """No conversation goes with this code. reason: `wrong` (or old, or used), or `later` after too many wrong ones."""

    reason: Literal["wrong", "later"]

    @property
    def text(self) -> str:
        """The sentence for the citizen."""
        return str(words()["move"][self.reason])


def give_code(session: Session, vault: Vault, conversation_id: str, at: datetime) -> str:
    """Six digits that carry this conversation, for ten minutes and once; an earlier code of it is void."""
    return moves.offer(session, vault, conversation_id, at)


def take_code(
    session: Session, vault: Vault, code: str, target: ConversationRow, client: str, at: datetime
) -> Taken | Refused:
    """Carry the conversation of a code into `target`.

    code: what the citizen entered, spaces allowed. client: fingerprint of the address, caller or account, against
    which wrong codes are counted (at most 5 a day; all clients together 60 more than the first of each). The same
    code entered again in the same conversation while it is valid gives the same answer and carries nothing twice.
    """
    if not guesses.may_guess(session, BUDGET, "move", client, "", at):
        return Refused("later")
    found = moves.take(session, vault, code.replace(" ", ""), target.id, at)
    if found is None:
        guesses.failed(session, "move", target.id, client, "", at)
        return Refused("wrong")
    source = session.get_one(ConversationRow, found[0])
    said = [turn for turn in turns.latest(session, source.id, RECAP_TURNS) if turn.status not in _PRIVATE]
    if found[1]:
        _carry(session, source, target, said)
    return _taken(source, said)


def send_to_linked(
    session: Session, conversation_id: str, messages: Sequence[Message], deliver: Mapping[str, Deliver], turn_id: str
) -> str | None:
    """Write messages into the conversation that a code joined to this one last; its channel, None when there is none.

    deliver: `Conversation.deliver`. On the web the messages appear in the open chat. turn_id: of the new turn; the same
    one again writes nothing more.
    """
    other = moves.linked(session, conversation_id)
    if other is None:
        return None
    if session.get(TurnRow, turn_id) is not None:
        return other.channel
    reply = Reply(other.id, turn_id, "answered", tuple(messages))
    text = "\n\n".join(message.text for message in messages)
    turn = TurnRow(
        id=reply.turn_id, author="system", text=text, status=None, messages=[message_json(m) for m in messages],
        details={},
    )  # fmt: skip
    turns.append(session, other, [turn])
    if other.channel in deliver:
        deliver[other.channel](session, other, reply)
    return other.channel


def _carry(session: Session, source: ConversationRow, target: ConversationRow, said: Sequence[TurnRow]) -> None:
    w = words()["move"]
    lines = [f"{w['speakers'][turn.author]}: {_unnumbered(turn.text)}" for turn in said if turn.author in w["speakers"]]
    if lines:
        text = w["recap"].format(channel=w["channels"][source.channel], turns="\n\n".join(lines))
        recap = TurnRow(author="system", text=text, messages=[message_json(Message(text))], details={"recap": True})
        turns.append(session, target, [recap])
    gone = w["gone"].format(channel=w["channels"][target.channel])
    note = TurnRow(author="system", text=gone, messages=[message_json(Message(gone))], details={})
    turns.append(session, source, [note])
    ticket = hand_over.open_hand_over(session, source.id)
    if ticket is not None and target.channel != "phone":
        ticket.conversation_id, ticket.channel = target.id, target.channel
        target.state, target.agent = source.state, source.agent
        source.state, source.agent = "assistant", None


def _taken(source: ConversationRow, said: Sequence[TurnRow]) -> Taken:
    w = words()["move"]
    answers = [t for t in said if t.author == "assistant" and t.status in ("answered", "clarification")]
    last = answers[-1] if answers else None
    text = w["taken" if last else "taken_empty"].format(channel=w["channels"][source.channel])
    if last is None:
        return Taken(source.channel, text, "smalltalk", (), None, None)
    packed: list[dict[str, Any]] = [{**m, "text": _unnumbered(str(m["text"]))} for m in last.messages]
    messages = tuple(message_from(one) for one in packed)
    entry = next((m.entry_ids[0] for m in messages if m.entry_ids), None) if last.status == "answered" else None
    return Taken(source.channel, text, str(last.status), messages, entry, next((m.aspect for m in messages), None))


def _unnumbered(text: str) -> str:
    """Placeholders that no longer lead to a value: those of another conversation must not open here."""
    return PLACEHOLDER.sub(r"⟦\1:0⟧", text)
