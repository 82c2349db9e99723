"""The complaint form of the widget: category, place, text, contact and photographs become a ticket with a PIN."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from sqlalchemy.orm import Session

from bot import photos
from bot.channels.web import sessions
from bot.channels.web.tokens import bearer
from bot.complaints import LONGEST_PLACE, masked, own_ticket, place_of
from bot.feed import Feed
from bot.limits import Limit, RateLimiter
from bot.messages import Message
from bot.photos import PhotoError
from bot.problems import Problem
from knowledge.service_words import service_words
from knowledge.vocabulary import message_json
from store import hand_over, inbox, turns
from store.base import new_id, now
from store.conversations import ConversationRow, InboxRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.hand_over import PIN_PLACE, file_complaint

PER_CONVERSATION = Limit(10, 3600)
_REFUSALS = {"size": (413, "Ảnh quá lớn."), "kind": (415, "Chỉ nhận ảnh JPEG, PNG hoặc WebP."),
             "count": (409, "Phiếu đã có đủ ba ảnh.")}  # fmt: skip
_PHONE = re.compile(r"0[235789]\d{8,9}")


class Complaint(BaseModel):
    """The body of `POST /api/chat/complaints`. client_message_id: the same one again gives the same ticket."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    category: str
    place: Annotated[str, StringConstraints(max_length=LONGEST_PLACE)] = ""
    text: Annotated[str, StringConstraints(min_length=8, max_length=4000)]
    contact: str = ""
    client_message_id: Annotated[str, Field(min_length=1, max_length=128)]

    @field_validator("category")
    @classmethod
    def _known(cls, category: str) -> str:
        if category not in service_words()["complaint"]["categories"]:
            raise ValueError("unknown category")
        return category

    @field_validator("contact")
    @classmethod
    def _number(cls, contact: str) -> str:
        bare = re.sub(r"[\s.()-]", "", contact)
        bare = re.sub(r"^\+?84(?=\d{9})", "0", bare)
        if bare and not _PHONE.fullmatch(bare):
            raise ValueError("not a telephone number")
        return bare


class ComplaintApi:
    """The routes; the token is that of the conversation the complaint belongs to."""

    def __init__(self, database: Database, vault: Vault, limiter: RateLimiter, feed: Feed) -> None:
        self._db, self._vault, self._limiter, self._feed = database, vault, limiter, feed
        self.router = APIRouter(prefix="/api/chat/complaints")
        self.router.add_api_route("", self.file, methods=["POST"], status_code=201)
        self.router.add_api_route("/{number}/photos", self.add_photo, methods=["POST"], status_code=201)

    async def file(self, body: Complaint, authorization: Annotated[str | None, Header()] = None) -> dict[str, Any]:
        """Make the ticket; its number, and the PIN that is shown this once."""
        row = await self._conversation(authorization)
        number = await asyncio.to_thread(self._file, row.id, body)
        self._feed.publish(row.id)
        return {"number": number, "pin": hand_over.pin_of(self._vault, number)}

    async def add_photo(
        self, number: str, request: Request, authorization: Annotated[str | None, Header()] = None
    ) -> dict[str, int]:
        """Keep a photograph, sent as the body, with a complaint of this conversation."""
        row = await self._conversation(authorization)
        data = b""
        async for chunk in request.stream():
            data += chunk
            if len(data) > photos.MOST_BYTES:
                raise Problem(*_REFUSALS["size"])
        try:
            return {"photos": await asyncio.to_thread(self._keep, row.id, number, data)}
        except PhotoError as error:
            raise Problem(*_REFUSALS[str(error)]) from None

    async def _conversation(self, authorization: str | None) -> ConversationRow:
        token = bearer(authorization)
        row = await asyncio.to_thread(self._find, token) if token else None
        if row is None:
            raise Problem(401, headers={"WWW-Authenticate": "Bearer"})
        wait = await self._limiter.retry_after(f"complaint:{row.id}", PER_CONVERSATION)
        if wait:
            raise Problem(429, headers={"Retry-After": str(wait)})
        return row

    def _find(self, token: str) -> ConversationRow | None:
        with self._db.read() as session:
            return sessions.find(session, token)

    def _file(self, conversation_id: str, body: Complaint) -> str:
        with self._db.write() as session:
            known = inbox.find(session, conversation_id, body.client_message_id)
            if known is not None and known.turn_id is not None:
                return str(session.get_one(TurnRow, known.turn_id).details["ticket"])
            conversation = session.get_one(ConversationRow, conversation_id)
            text = masked(session, self._vault, conversation_id, body.text)
            ticket = file_complaint(session, self._vault, conversation, body.category, text, body.contact or None)
            ticket.place = place_of(body.place) or None
            _store(session, conversation, ticket.number, body, text)
            return ticket.number

    def _keep(self, conversation_id: str, number: str, data: bytes) -> int:
        jpeg = photos.jpeg_of(data)
        with self._db.write() as session:
            ticket = own_ticket(session, conversation_id, number)
            if ticket is None:
                raise Problem(404)
            return photos.keep(session, self._vault, ticket, jpeg)


def _store(session: Session, conversation: ConversationRow, number: str, body: Complaint, text: str) -> None:
    """The complaint as two turns of the conversation, and a place in the inbox that keeps it from coming twice."""
    w = service_words()["complaint"]
    shown = f"{w['sent'].format(category=w['categories'][body.category])}\n{text}"
    done = w["done"].format(number=number, pin=PIN_PLACE)
    asked = TurnRow(
        id=new_id(), author="citizen", text=shown, message_id=body.client_message_id, messages=[], details={}
    )
    said = TurnRow(
        id=new_id(), author="assistant", text=done, reply_to=asked.id, status="feedback",
        messages=[message_json(Message(done))], details={"ticket": number, "pin": True},
    )  # fmt: skip
    turns.append(session, conversation, [asked, said])
    row = InboxRow(conversation_id=conversation.id, message_id=body.client_message_id, channel="web", state="done")
    row.accepted_at, row.turn_id = now(), said.id
    session.add(row)
