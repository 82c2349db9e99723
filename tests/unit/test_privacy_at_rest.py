"""What is kept of a message while it waits is unreadable without the key, and goes when its reply commits."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import hand_over, inbox, secrets
from store.conversations import ConversationRow, InboxRow, SealedValueRow, TurnRow
from store.crypto import InvalidToken, Vault
from store.engine import Database
from store.tables import all_tables

RAW = "tôi tên Nguyễn Văn Kiểm, số 0901234567, hồ sơ H56.14-240823-0001"
VALUES = ("Nguyễn Văn Kiểm", "0901234567", "H56.14-240823-0001", RAW)


def accepted(database: Database, vault: Vault) -> int:
    """The inbox row of a message that nobody has answered yet."""
    with database.write() as session:
        session.add(ConversationRow(id="c", channel="web"))
        session.flush()
        row = InboxRow(conversation_id="c", message_id="m", channel="web", sealed=vault.seal(RAW, "inbox"))
        return inbox.accept(session, row, "here").id


def written_by(database: Database) -> bytes:
    """Every byte that the store holds of any row: the files of SQLite, the rows of a server."""
    file = database.engine.url.database or ""
    if database.engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in Path(file).parent.glob(f"{Path(file).name}*"))
    with database.read() as session:
        rows = [session.execute(table.select()).all() for table in all_tables().sorted_tables]
    return "\n".join(repr(row) for table in rows for row in table).encode()


def test_a_waiting_message_cannot_be_read_in_the_store(database: Database, vault: Vault) -> None:
    row_id = accepted(database, vault)
    with database.read() as session:
        assert vault.open(session.get_one(InboxRow, row_id).sealed or b"", "inbox") == RAW
    written = written_by(database)
    assert b"working" in written
    assert [value for value in VALUES if value.encode() in written] == []


def finish_and_fail(database: Database, row_id: int) -> None:
    """A reply whose transaction breaks after the inbox was closed."""
    with database.write() as session:
        assert inbox.finish(session, row_id, "t")
        raise RuntimeError("the reply did not commit")


def test_the_raw_message_goes_in_the_transaction_of_the_reply(database: Database, vault: Vault) -> None:
    row_id = accepted(database, vault)
    with pytest.raises(RuntimeError):
        finish_and_fail(database, row_id)
    with database.read() as session:
        assert session.get_one(InboxRow, row_id).sealed is not None
    with database.write() as session:
        session.add(TurnRow(id="t", conversation_id="c", seq=1, author="assistant", text="…"))
        assert inbox.finish(session, row_id, "t")
    with database.read() as session:
        assert session.get_one(InboxRow, row_id).sealed is None


def test_masked_values_and_contacts_are_sealed_and_bound_to_their_purpose(database: Database, vault: Vault) -> None:
    accepted(database, vault)
    with database.write() as session:
        number = secrets.keep(session, vault, "c", "phone", VALUES[1])
        ticket = hand_over.take_ticket(session, "callback", session.get_one(ConversationRow, "c"))
        hand_over.keep_contact(ticket, vault, VALUES[1])
    with database.read() as session:
        assert secrets.reveal(session, vault, "c", "phone", number) == VALUES[1]
        sealed = session.get_one(SealedValueRow, ("c", "phone", number)).sealed
    with pytest.raises(InvalidToken):
        vault.open(sealed, hand_over.CONTACT)
    written = written_by(database)
    assert VALUES[1].encode() not in written


def test_the_same_value_has_another_fingerprint_in_another_conversation(database: Database, vault: Vault) -> None:
    with database.write() as session:
        for name in ("a", "b"):
            session.add(ConversationRow(id=name, channel="web"))
            session.flush()
            secrets.keep(session, vault, name, "phone", VALUES[1])
        rows = [session.get_one(SealedValueRow, (name, "phone", 1)) for name in ("a", "b")]
    assert rows[0].fingerprint != rows[1].fingerprint
