"""Personal values that were masked out of texts, kept sealed until their conversation ends."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.conversations import SealedValueRow
from store.crypto import Vault
from store.locks import hold

PURPOSE = "sealed-value"


def keep(session: Session, vault: Vault, conversation_id: str, kind: str, value: str) -> int:
    """Seal `value` and give the number of its placeholder; the same value keeps its number."""
    hold(session, f"sealed-values:{conversation_id}")
    fingerprint = vault.fingerprint(f"{conversation_id}:{value}", PURPOSE)
    query = select(SealedValueRow).filter_by(conversation_id=conversation_id, kind=kind)
    known = session.scalars(query.where(SealedValueRow.fingerprint == fingerprint)).one_or_none()
    if known:
        return known.number
    highest = session.scalar(
        select(func.max(SealedValueRow.number)).filter_by(conversation_id=conversation_id, kind=kind)
    )
    row = SealedValueRow(
        conversation_id=conversation_id,
        kind=kind,
        number=(highest or 0) + 1,
        sealed=vault.seal(value, PURPOSE),
        fingerprint=fingerprint,
    )
    session.add(row)
    session.flush()
    return row.number


def reveal(session: Session, vault: Vault, conversation_id: str, kind: str, number: int) -> str | None:
    """The value behind the placeholder ``⟦kind:number⟧``; None when there is none."""
    row = session.get(SealedValueRow, (conversation_id, kind, number))
    return vault.open(row.sealed, PURPOSE) if row else None
