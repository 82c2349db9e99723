"""Messages that callers agreed to leave, sealed; they go with their conversation."""

from __future__ import annotations

import base64
import struct
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base, new_id, now
from store.crypto import Vault

PURPOSE = "recording-sound"
RATE = 8000


class RecordingRow(Base):
    """One message. sealed: µ-law at 8 kHz. seconds: its length."""

    __tablename__ = "recordings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes]
    seconds: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


def keep(session: Session, vault: Vault, conversation_id: str, mulaw: bytes, seconds: int) -> str:
    """Store a message; its id."""
    sealed = vault.seal(base64.b64encode(mulaw).decode(), PURPOSE)
    row = RecordingRow(conversation_id=conversation_id, sealed=sealed, seconds=seconds)
    session.add(row)
    session.flush()
    return row.id


def sound(vault: Vault, row: RecordingRow) -> bytes:
    """The µ-law of a message."""
    return base64.b64decode(vault.open(row.sealed, PURPOSE))


def wav(mulaw: bytes) -> bytes:
    """µ-law at 8 kHz as a WAV file that browsers play (format 7 of RFC 2361)."""
    form = struct.pack("<HHIIHHH", 7, 1, RATE, RATE, 1, 8, 0)
    chunks = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(mulaw)) + mulaw
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def of_conversation(session: Session, conversation_id: str) -> list[RecordingRow]:
    """The messages left in a call, oldest first."""
    query = select(RecordingRow).filter_by(conversation_id=conversation_id).order_by(RecordingRow.created_at)
    return list(session.scalars(query))
