"""A message that a caller left: heard by those who help people, on the record, by nobody else."""

from __future__ import annotations

import struct
from collections.abc import Callable

from sqlalchemy import select

from store import hand_over, recordings
from store.base import now
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow
from tests.console.staff import StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
SOUND = bytes(range(256)) * 40


def left(database: Database, vault: Vault) -> str:
    """The id of a ticket with a message."""
    with database.write() as session:
        row = ConversationRow(id="call", channel="phone", external="x", context={}, consent={}, last_at=now())
        session.add(row)
        session.flush()
        recordings.keep(session, vault, row.id, SOUND, 2)
        return hand_over.take_ticket(session, "voicemail", row).id


def test_a_message_is_played_and_noted(sign_in: SignIn, database: Database, vault: Vault) -> None:
    path = f"/console/tickets/{left(database, vault)}"
    browser = sign_in()
    page = browser.open(path)
    assert f'src="{path}/recordings/0.wav"' in page.text
    assert "Lời nhắn ghi âm" in words(page)
    answer = browser.open(f"{path}/recordings/0.wav")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.endswith(SOUND)
    assert struct.unpack_from("<HHI", answer.content, 20) == (7, 1, 8000)
    with database.read() as session:
        assert session.scalars(select(AuditRow).where(AuditRow.action == "listened to a message")).one()


def test_other_messages_do_not_exist(sign_in: SignIn, database: Database, vault: Vault) -> None:
    path = f"/console/tickets/{left(database, vault)}"
    browser = sign_in()
    assert browser.open(f"{path}/recordings/1.wav").status_code == 404
    assert browser.open("/console/tickets/none/recordings/0.wav").status_code == 404
