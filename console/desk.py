"""What a member of staff does with somebody who waits: take, write, note, transfer, give back, close."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from bot.messages import Message, Reply
from bot.privacy import mask
from console import audit
from console.accounts import Staff
from console.roles import PERMISSIONS
from knowledge.vocabulary import message_json
from store import hand_over, secrets, turns
from store.base import new_id, now
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.staff import UserRow
from store.tickets import TicketRow

LONGEST = 2000
PAGE = 100
Deliver = Callable[[Session, ConversationRow, Reply], None]


class DeskError(ValueError):
    """Why something cannot be done; the text is Vietnamese."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A ticket with its conversation. conversation: None when it was erased."""

    ticket: TicketRow
    conversation: ConversationRow | None
    turns: list[TurnRow]

    @property
    def can_write(self) -> bool:
        """Whether words can still reach the citizen; a telephone call has to be called back."""
        open_ = self.conversation is not None and self.conversation.ended_at is None
        return open_ and self.ticket.state != "closed" and self.ticket.channel != "phone"


def tickets(session: Session, state: str, kind: str | None) -> list[TicketRow]:
    """Tickets of a state (`waiting`: all that are not closed), people in the queue first, then the longest waiting."""
    wanted = ("closed",) if state == "closed" else ("open", "taken")
    query = select(TicketRow).where(TicketRow.state.in_(wanted))
    if kind:
        query = query.where(TicketRow.kind == kind)
    order = TicketRow.closed_at.desc() if state == "closed" else TicketRow.created_at
    live = case((TicketRow.kind == "hand_over", 0), else_=1)
    return list(session.scalars(query.order_by(live, order).limit(PAGE)))


def read(session: Session, ticket_id: str) -> Talk | None:
    """A ticket with its whole conversation."""
    ticket = session.get(TicketRow, ticket_id)
    if ticket is None:
        return None
    id_ = ticket.conversation_id
    conversation = session.get(ConversationRow, id_) if id_ else None
    return Talk(ticket, conversation, turns.after(session, conversation.id, 0) if conversation else [])


def look(session: Session, staff: Staff, talk: Talk) -> None:
    """Record that somebody reads a conversation."""
    if not audit.looked(session, staff.name, "read a conversation", talk.ticket.number):
        audit.note(session, staff.name, "read a conversation", talk.ticket.number)


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
    if ticket.state == "closed" or (ticket.agent not in (None, staff.name)):
        raise DeskError("Đồng nghiệp đã nhận hoặc đã đóng yêu cầu này.")
    if ticket.state == "open":
        audit.note(session, staff.name, "took a ticket", ticket.number)
    ticket.state, ticket.agent, ticket.taken_at = "taken", staff.name, ticket.taken_at or now()
    if talk.conversation is not None and talk.can_write and ticket.kind == "hand_over":
        talk.conversation.state, talk.conversation.agent = "person", staff.name


def write(session: Session, vault: Vault, staff: Staff, talk: Talk, text: str, deliver: Mapping[str, Deliver]) -> None:
    """Send words of a person to the citizen, masked as everything that is stored is. DeskError when they cannot be."""
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        raise DeskError(f"Nội dung cần từ 1 đến {LONGEST} ký tự.")
    conversation = talk.conversation
    if conversation is None or not talk.can_write:
        raise DeskError("Cuộc trò chuyện đã kết thúc, không gửi được nữa. Hãy gọi lại nếu có số điện thoại.")
    take(session, staff, talk)
    masked = mask(text, lambda kind, value: secrets.keep(session, vault, conversation.id, kind, value))
    message = Message(masked)
    turn = TurnRow(
        id=new_id(), author="person", text=masked, status="handed_over", messages=[message_json(message)],
        details={"name": staff.display_name},
    )  # fmt: skip
    turns.append(session, conversation, [turn])
    audit.note(session, staff.name, "wrote to a citizen", talk.ticket.number)
    if conversation.channel in deliver:
        sent = Reply(conversation.id, turn.id, "handed_over", (Message(text),), details=dict(turn.details))
        deliver[conversation.channel](session, conversation, sent)


def note(session: Session, staff: Staff, talk: Talk, text: str) -> None:
    """Keep a note that only staff see, with personal values left out."""
    text = mask(text.strip()[:LONGEST], lambda kind, value: 0)
    if not text:
        raise DeskError("Ghi chú còn trống.")
    notes = [*talk.ticket.details.get("notes", ()), {"by": staff.display_name, "at": now().isoformat(), "text": text}]
    talk.ticket.details = talk.ticket.details | {"notes": notes}
    audit.note(session, staff.name, "noted", talk.ticket.number)


def colleagues(session: Session, staff: Staff) -> list[UserRow]:
    """Who else may take a ticket."""
    query = select(UserRow).where(UserRow.active, UserRow.role.in_(PERMISSIONS["desk"]), UserRow.name != staff.name)
    return list(session.scalars(query.order_by(UserRow.display_name)))


def transfer(session: Session, staff: Staff, talk: Talk, to: str) -> None:
    """Hand a ticket over to a colleague."""
    if to not in {user.name for user in colleagues(session, staff)} or talk.ticket.state == "closed":
        raise DeskError("Không chuyển được cho người này.")
    talk.ticket.state, talk.ticket.agent, talk.ticket.taken_at = "taken", to, talk.ticket.taken_at or now()
    if talk.conversation is not None and talk.conversation.state == "person":
        talk.conversation.agent = to
    audit.note(session, staff.name, "transferred a ticket", talk.ticket.number, to=to)


def close(session: Session, staff: Staff, talk: Talk, answer: str) -> None:
    """Close a ticket with what was done, and give its conversation back to the assistant."""
    if talk.ticket.state == "closed":
        raise DeskError("Yêu cầu này đã đóng.")
    talk.ticket.answer = mask(answer.strip()[:LONGEST], lambda kind, value: 0) or None
    talk.ticket.agent = talk.ticket.agent or staff.name
    hand_over.close(session, talk.ticket)
    audit.note(session, staff.name, "closed a ticket", talk.ticket.number)
