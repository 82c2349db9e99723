"""What a member of staff does with somebody who waits: take, write, note, transfer, give back, close."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Message, Reply
from bot.privacy import mask
from console import audit
from console.accounts import Staff
from console.presence import at_the_desk, may_act
from knowledge.province import Profile, next_opening
from knowledge.vocabulary import message_json
from store import hand_over, secrets, turns
from store.base import new_id, now
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.locks import hold
from store.tickets import RatingRow, TicketRow

LONGEST = 2000
QUEUE = "-"
READ, LOOKED_AT_PHOTOS = "read a conversation", "looked at photographs"
TRY_AGAIN = timedelta(hours=1)
ATTEMPTS = ("no_answer", "busy", "wrong_number", "reached")
Deliver = Callable[[Session, ConversationRow, Reply], None]
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class DeskError(ValueError):
    """Why something cannot be done; the text is Vietnamese."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A ticket with its conversation. conversation: None when it was erased. wrong: turns that staff marked."""

    ticket: TicketRow
    conversation: ConversationRow | None
    turns: list[TurnRow]
    wrong: frozenset[str] = frozenset()

    @property
    def can_write(self) -> bool:
        """Whether words can still reach the citizen; a telephone call has to be called back."""
        open_ = self.conversation is not None and self.conversation.ended_at is None
        return open_ and self.ticket.state != "closed" and self.ticket.channel != "phone"


def read(session: Session, ticket_id: str, *, to_change: bool = False) -> Talk | None:
    """A ticket with its whole conversation. to_change: let no other replica change either until the end."""
    if to_change:
        hold(session, f"ticket:{ticket_id}")
    ticket = session.get(TicketRow, ticket_id)
    if ticket is None:
        return None
    if to_change and ticket.conversation_id:
        hold(session, f"turns:{ticket.conversation_id}")
    conversation = session.get(ConversationRow, ticket.conversation_id) if ticket.conversation_id else None
    if conversation is None:
        return Talk(ticket, None, [])
    marked = select(RatingRow.turn_id).where(
        RatingRow.conversation_id == conversation.id, RatingRow.by.is_not(None), RatingRow.turn_id.is_not(None)
    )
    wrong = frozenset(turn for turn in session.scalars(marked) if turn)
    return Talk(ticket, conversation, turns.after(session, conversation.id, 0), wrong)


def look(database: Database, staff: Staff, talk: Talk, action: str = READ) -> None:
    """Record that somebody reads a conversation, or looks at its photographs, once in a while."""
    what = (staff.name, action, talk.ticket.number)
    with database.read() as session:
        if audit.looked(session, *what):
            return
    with database.write() as session:
        audit.note(session, *what)


def reveal(session: Session, vault: Vault, staff: Staff, talk: Talk) -> dict[tuple[str, int], str]:
    """The masked values of a conversation by kind and number; every time is recorded."""
    audit.note(session, staff.name, "opened personal values", talk.ticket.number)
    if talk.conversation is None:
        return {}
    rows = turns.sealed_values(session, talk.conversation.id)
    return {(row.kind, row.number): vault.open(row.sealed, secrets.PURPOSE) for row in rows}


def take(session: Session, staff: Staff, talk: Talk) -> None:
    """Make the ticket mine; the citizen is told who is writing. DeskError when a colleague has it."""
    ticket = talk.ticket
    if not may_act(session, staff, ticket):
        raise DeskError("Đồng nghiệp đã nhận hoặc đã đóng yêu cầu này.")
    if ticket.agent != staff.name:
        audit.note(session, staff.name, "took a ticket", ticket.number, before=ticket.agent)
    ticket.state, ticket.agent, ticket.taken_at = "taken", staff.name, ticket.taken_at or now()
    if talk.conversation is not None and talk.can_write and ticket.kind == "hand_over":
        talk.conversation.state, talk.conversation.agent = "person", staff.name


def write(
    session: Session, vault: Vault, staff: Staff, talk: Talk, text: str, key: str, deliver: Mapping[str, Deliver]
) -> None:
    """Send words of a person to the citizen, masked as everything that is stored is. DeskError when they cannot be.

    key: made with the form. The same key again sends nothing more: a browser that lost the network may send twice.
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise DeskError(f"Nội dung cần từ 1 đến {LONGEST} ký tự.")
    conversation = talk.conversation
    if conversation is None or not talk.can_write:
        raise DeskError("Cuộc trò chuyện đã kết thúc, không gửi được nữa. Hãy gọi lại nếu có số điện thoại.")
    if any(turn.id == key for turn in talk.turns):
        return
    take(session, staff, talk)
    masked = mask(text, lambda kind, value: secrets.keep(session, vault, conversation.id, kind, value))
    turn = TurnRow(
        id=key if _KEY.fullmatch(key) else new_id(), author="person", text=masked, status="handed_over",
        messages=[message_json(Message(masked))], details={"name": staff.display_name},
    )  # fmt: skip
    turns.append(session, conversation, [turn])
    audit.note(session, staff.name, "wrote to a citizen", talk.ticket.number)
    if conversation.channel in deliver:
        signed = Message(f"{staff.display_name}: {text}")
        sent = Reply(conversation.id, turn.id, "handed_over", (signed,), details=dict(turn.details))
        deliver[conversation.channel](session, conversation, sent)


def note(session: Session, staff: Staff, talk: Talk, text: str) -> None:
    """Keep a note that only staff see, with personal values left out."""
    text = mask(text.strip()[:LONGEST], lambda kind, value: 0)
    if not text:
        raise DeskError("Ghi chú còn trống.")
    _add(talk.ticket, "notes", {"by": staff.display_name, "at": now().isoformat(), "text": text})
    audit.note(session, staff.name, "noted", talk.ticket.number)


def transfer(session: Session, staff: Staff, talk: Talk, to: str) -> None:
    """Hand a ticket over to a colleague, or back to the queue (`QUEUE`), where it keeps its place."""
    ticket, conversation = talk.ticket, talk.conversation
    others = {one.name for one in at_the_desk(session)} - {staff.name} | {QUEUE}
    if to not in others or not may_act(session, staff, ticket):
        raise DeskError("Không chuyển được cho người này.")
    with_person = conversation is not None and conversation.state == "person"
    if to == QUEUE:
        ticket.state, ticket.agent, ticket.taken_at = "open", None, None
    else:
        ticket.state, ticket.agent, ticket.taken_at = "taken", to, ticket.taken_at or now()
    if conversation is not None and with_person:
        conversation.state, conversation.agent = ("queued", None) if to == QUEUE else ("person", to)
    audit.note(session, staff.name, "transferred a ticket", ticket.number, to=to)


def tried(session: Session, staff: Staff, talk: Talk, how: str, profile: Profile) -> None:
    """Note a call back; when nobody was reached, when to try again."""
    if how not in ATTEMPTS:
        raise DeskError("Hãy chọn kết quả cuộc gọi.")
    take(session, staff, talk)
    again = None if how in ("reached", "wrong_number") else next_opening(profile, now() + TRY_AGAIN).isoformat()
    _add(talk.ticket, "attempts", {"by": staff.display_name, "at": now().isoformat(), "how": how, "again": again})
    audit.note(session, staff.name, "called a citizen", talk.ticket.number, how=how)


def mark_wrong(session: Session, staff: Staff, talk: Talk, turn_id: str) -> None:
    """Mark an answer of the assistant as wrong: it counts as a failure and comes up among the unanswered."""
    turn = next((t for t in talk.turns if t.id == turn_id and t.author == "assistant"), None)
    if turn is None or talk.conversation is None:
        raise DeskError("Không có câu trả lời này.")
    if turn_id not in talk.wrong:
        session.add(RatingRow(conversation_id=talk.conversation.id, turn_id=turn_id, helpful=False, by=staff.name))
        audit.note(session, staff.name, "marked an answer as wrong", talk.ticket.number, entry=turn.entry_id)


def close(session: Session, staff: Staff, talk: Talk, answer: str) -> None:
    """Close a ticket with what was done, and give its conversation back to the assistant."""
    if not may_act(session, staff, talk.ticket):
        raise DeskError("Đồng nghiệp đang giữ, hoặc đã đóng yêu cầu này.")
    talk.ticket.answer = mask(answer.strip()[:LONGEST], lambda kind, value: 0) or None
    talk.ticket.agent = talk.ticket.agent or staff.name
    hand_over.close(session, talk.ticket)
    audit.note(session, staff.name, "closed a ticket", talk.ticket.number)


def _add(ticket: TicketRow, name: str, what: dict[str, str | None]) -> None:
    ticket.details = ticket.details | {name: [*ticket.details.get(name, ()), what]}
