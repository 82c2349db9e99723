"""The conversation of a Zalo user: found by a fingerprint of the id, which itself is kept encrypted for sending."""

from __future__ import annotations

from sqlalchemy.orm import Session

from store import turns
from store.conversations import ConversationRow
from store.crypto import Vault

CHANNEL = "zalo"
PURPOSE = "zalo-user"


def conversation_of(session: Session, vault: Vault, user: str) -> ConversationRow:
    """The open conversation of a user, or a new one.

    Its id follows from the user, so that two replicas opening it at once collide instead of making two.
    """
    external = vault.fingerprint(user, PURPOSE)
    row = turns.by_external(session, CHANNEL, external)
    if row is not None:
        return row
    row = ConversationRow(id=_free_id(session, vault, user), channel=CHANNEL, external=external, context={})
    row.external_sealed, row.consent = vault.seal(user, PURPOSE), {}
    session.add(row)
    session.flush()
    return row


def _free_id(session: Session, vault: Vault, user: str) -> str:
    number = 0
    while session.get(ConversationRow, made := vault.fingerprint(f"{number}:{user}", "zalo-conversation")[:32]):
        number += 1
    return made
