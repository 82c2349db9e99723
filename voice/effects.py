"""Runs what a step asks for: the conversation, the dossier desk, a ticket. Its result is the call's next input."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from actions.backends import Dossier
from actions.dossier_budget import Refused
from actions.dossier_status import speakable_title, waiting
from actions.dossier_text import describe
from actions.dossier_text import words as dossier_words
from bot.messages import Message, Reply, Status, UserMessage
from bot.moving import Refused as CodeUnknown
from bot.moving import send_to_linked, take_code
from bot.privacy import mask
from knowledge.answer import about
from knowledge.dossier_code import VIETNAM
from knowledge.entry import Procedure
from knowledge.question import Context
from knowledge.vocabulary import message_json
from store import calls, hand_over, secrets, turns
from store.base import new_id
from store.conversations import ConversationRow, TurnRow
from voice.call_state import (
    Answered,
    Ask,
    CarryOn,
    CodeRefused,
    Effect,
    Input,
    LookedUp,
    LookUp,
    PapersSent,
    SendPapers,
    Settle,
    Settled,
    TakeTicket,
    TicketTaken,
)  # fmt: skip
from voice.line import Telephone
from voice.promise import promised_until, window
from voice.speakable import CHUNK_SECONDS, message_chunks, seconds, speak

_NOT_OFFERED = ("/human", "/deny", "/cancel")
_DONE = ("answered", "clarification", "urgent", "smalltalk", "out_of_scope", "unavailable")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is. number: sealed elsewhere, None when withheld. fingerprint: of the number, one for all callers
    who withhold theirs, of the browser's address for a simulated call.
    """

    conversation_id: str
    number: str | None
    fingerprint: str


async def run_effect(phone: Telephone, caller: Caller, effect: Effect, message_id: str, at: datetime) -> Input:
    """The result of an effect. message_id: the same for a repeated post, so that nothing is done twice."""
    match effect:
        case Ask():
            return await _ask(phone, caller, effect, message_id, at)
        case LookUp():
            return await _look_up(phone, caller, effect, at)
        case TakeTicket():
            return await asyncio.to_thread(_take, phone, caller, effect, message_id, at)
        case CarryOn():
            return await asyncio.to_thread(_carry_on, phone, caller, effect, at)
        case SendPapers():
            return await asyncio.to_thread(_send_papers, phone, caller, effect, message_id)
        case Settle():
            return await asyncio.to_thread(_settle, phone, caller)


async def _ask(phone: Telephone, caller: Caller, ask: Ask, message_id: str, at: datetime) -> Answered:
    message = UserMessage(
        caller.conversation_id, "phone", ask.text, message_id, at, keys=ask.keys, client=caller.fingerprint
    )
    reply = await phone.conversation.reply(message)
    asks = _asks(reply)
    if asks or reply.status not in _DONE:
        await phone.forget(caller.conversation_id)
    return _answered(phone, reply, asks)


def _answered(phone: Telephone, reply: Reply, asks: str = "") -> Answered:
    return Answered(
        status=reply.status,
        chunks=_pieces(reply.messages) or ("",),
        choices=_choices(reply.messages),
        title=_title(phone, reply),
        asks=asks,
        slower=reply.details.get("pace") == "slow",
        entry=_entry(reply),
    )


def _pieces(messages: tuple[Message, ...]) -> tuple[str, ...]:
    """All messages in spoken pieces; a message begins in the last piece of the one before where there is room."""
    pieces: list[str] = []
    for message in messages:
        first, *rest = message_chunks(message)
        joined = f"{pieces[-1]} {first}" if pieces else first
        if pieces and seconds(joined) <= CHUNK_SECONDS:
            pieces[-1] = joined
        else:
            pieces.append(first)
        pieces += rest
    return tuple(pieces)


def _asks(reply: Reply) -> str:
    """The next field of a form that the keypad fills in: a dossier's code, a complaint, a number to call."""
    if reply.status == "dossier":
        return str(reply.details.get("asks") or "code")
    return str(reply.details.get("form") or "callback") if reply.status == "form" else ""


def _choices(messages: tuple[Message, ...]) -> tuple[tuple[str, str], ...]:
    buttons = messages[-1].buttons if messages else ()
    return tuple((speak(b.title), b.payload) for b in buttons if b.payload not in _NOT_OFFERED)


def _entry(reply: Reply) -> str:
    """The id of what was answered, "" when nothing was."""
    return next((m.entry_ids[0] for m in reply.messages if m.entry_ids and reply.status == "answered"), "")


def _title(phone: Telephone, reply: Reply) -> str:
    found = phone.knowledge.entries.get(_entry(reply))
    return speak(found.title) if found else ""


def _carry_on(phone: Telephone, caller: Caller, asked: CarryOn, at: datetime) -> Answered | CodeRefused:
    """The last answer of the other conversation, stored as this one's so that the caller can go on from it."""
    with phone.database.write() as session:
        conversation = session.get_one(ConversationRow, caller.conversation_id)
        taken = take_code(session, phone.vault, asked.code, conversation, caller.fingerprint, at)
        if isinstance(taken, CodeUnknown):
            return CodeRefused(speak(taken.text))
        said = (Message(taken.text), *taken.messages)
        turn = TurnRow(
            id=new_id(), author="assistant", text="\n\n".join(m.text for m in said), status=taken.status,
            messages=[message_json(m) for m in said], entry_id=taken.entry, aspect=taken.aspect,
            snapshot=phone.knowledge.snapshot, details={},
        )  # fmt: skip
        turns.append(session, conversation, [turn])
    told = _answered(phone, Reply(caller.conversation_id, turn.id, cast(Status, taken.status), said))
    return replace(told, joined=taken.channel if taken.channel != "phone" else "")


def _send_papers(phone: Telephone, caller: Caller, asked: SendPapers, message_id: str) -> PapersSent:
    """The papers, on the screen that a code led to; a caller's number alone leads nowhere, for it may be forged."""
    if asked.entry not in phone.knowledge.entries:
        return PapersSent("")
    papers = about(asked.entry, ("documents",), Context(), phone.knowledge.entries, phone.profile).messages
    turn_id = phone.vault.fingerprint(message_id, "papers")[:32]
    with phone.database.write() as session:
        channel = send_to_linked(session, caller.conversation_id, papers, phone.conversation.deliver, turn_id)
    said = phone.book().prompts["said"]
    return PapersSent(said["papers_sent"].format(joined=said["joined"][channel]) if channel else "")


async def _look_up(phone: Telephone, caller: Caller, asked: LookUp, at: datetime) -> LookedUp:
    number = asked.number if phone.desk.backend.whole_number else asked.number[-4:]
    outcome = await phone.desk.look_up(caller.conversation_id, caller.fingerprint, asked.code, number)
    found = isinstance(outcome, Dossier)
    await asyncio.to_thread(_note_look_up, phone, caller, asked.code, found)
    if isinstance(outcome, Dossier):
        return _told(phone, outcome, at)
    w = dossier_words()
    if isinstance(outcome, Refused):
        return LookedUp(False, speak(w["later"].format(wait=waiting(outcome.until - at))))
    return LookedUp(False, speak(w[outcome]))


def _told(phone: Telephone, dossier: Dossier, at: datetime) -> LookedUp:
    entry = phone.knowledge.entries.get(dossier.procedure_id or "")
    procedure = entry if isinstance(entry, Procedure) else None
    told = describe(dossier, speakable_title(dossier, procedure), at.astimezone(VIETNAM).date())
    sentences = re.split(r"(?<=[.!?]) ", told.spoken)
    return LookedUp(True, speak(" ".join(sentences[:2])), speak(" ".join(sentences[2:])))


def _note_look_up(phone: Telephone, caller: Caller, code: str, found: bool) -> None:
    """Leave the person who takes over a sealed code and a line in the transcript."""
    with phone.database.write() as session:
        number = secrets.keep(session, phone.vault, caller.conversation_id, "dossier", code)
        conversation = session.get_one(ConversationRow, caller.conversation_id)
        said = "đã đọc tình trạng" if found else "không tra được"
        turn = TurnRow(
            id=new_id(), author="system", text=f"Bấm mã hồ sơ ⟦dossier:{number}⟧: {said}.", messages=[], details={}
        )
        turns.append(session, conversation, [turn])


def _take(phone: Telephone, caller: Caller, asked: TakeTicket, message_id: str, at: datetime) -> TicketTaken:
    with phone.database.write() as session:
        conversation = session.get_one(ConversationRow, caller.conversation_id)
        waiting = hand_over.open_hand_over(session, conversation.id)
        ticket = waiting if asked.kind == "hand_over" else calls.ticket_of_post(session, conversation.id, message_id)
        if ticket is None:
            ticket = hand_over.take_ticket(
                session, asked.kind, conversation, category=asked.category or None,
                promised_until=promised_until(phone.profile, at),
            )  # fmt: skip
            ticket.details = _details(phone, asked, message_id)
            number = asked.contact or caller.number
            if number:
                hand_over.keep_contact(ticket, phone.vault, number)
        if asked.kind == "hand_over":
            conversation.state = "queued"
        elif waiting is not None:
            hand_over.close(session, waiting)
    pin = hand_over.pin_of(phone.vault, ticket.number) if asked.kind == "complaint" else ""
    return TicketTaken(ticket.number, window(phone.profile, at), pin)


def _details(phone: Telephone, asked: TakeTicket, message_id: str) -> dict[str, Any]:
    details = {"post": message_id}
    if asked.recording:
        details["recording"] = phone.vault.seal(asked.recording, "recording").decode()
    return details


def _settle(phone: Telephone, caller: Caller) -> Settled:
    with phone.database.write() as session:
        ticket = hand_over.open_hand_over(session, caller.conversation_id)
        if ticket is not None:
            hand_over.close(session, ticket)
    return Settled()


def keep_transcript(phone: Telephone, conversation_id: str, text: str) -> bool:
    """Write the words of a recording into its ticket, personal values masked; False when there is no such ticket."""
    with phone.database.write() as session:
        ticket = calls.recorded_ticket(session, conversation_id)
        if ticket is not None:
            ticket.text = mask(text, lambda k, v: secrets.keep(session, phone.vault, conversation_id, k, v))
        return ticket is not None
