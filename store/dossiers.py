"""Dossiers as the one-stop system last told them, and the attempts to look them up.

No code, name or number is stored: a dossier is found by the fingerprint of its code, and what its holder must know is
kept as fingerprints salted with that code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.base import Base
from store.crypto import Vault
from store.locks import hold

ABSENT = "0" * 64
# The status of a dossier whose result was handed out; nothing follows it.
RETURNED = 10


class DossierRow(Base):
    """One dossier.

    key: fingerprint of the code. applicant, authorised: fingerprints of the last four digits of the applicant's (or the
    business's) and of the authorised person's number, `ABSENT` when there is none. status: 1 to 10. stage: a sub-status
    in `actions/dossier_words.yml`. procedure_title: None when it is sensitive or unknown. origin: `push` or `demo`.
    """

    __tablename__ = "dossiers"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    applicant: Mapped[str] = mapped_column(String(64), default=ABSENT)
    authorised: Mapped[str] = mapped_column(String(64), default=ABSENT)
    status: Mapped[int]
    stage: Mapped[str | None] = mapped_column(String(32))
    procedure_id: Mapped[str | None] = mapped_column(String(64))
    procedure_title: Mapped[str | None]
    submitted_on: Mapped[date | None]
    received_on: Mapped[date | None]
    due_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    origin: Mapped[str] = mapped_column(String(8))
    updated_at: Mapped[datetime]


class AttemptRow(Base):
    """One comparison of a code and a number.

    client: fingerprint of the address, caller or account it came from. again: the client had failed before within a
    day. right: False until the numbers are known to match, so that a crash counts as a failure.
    """

    __tablename__ = "dossier_attempts"
    __table_args__ = (
        Index("ix_attempts_conversation", "conversation_id", "at"),
        Index("ix_attempts_client", "client", "at"),
        Index("ix_attempts_key", "key", "at"),
        Index("ix_attempts_again", "again", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    conversation_id: Mapped[str] = mapped_column(String(32))
    client: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    again: Mapped[bool]
    right: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Failures:
    """How often something failed since a moment, and when first and last."""

    count: int
    first: datetime | None
    last: datetime | None


def code_key(vault: Vault, code: str) -> str:
    """The primary key of the dossier with this canonical code."""
    return vault.fingerprint(code, "dossier-code")


def number_digest(vault: Vault, code: str, number: str) -> str:
    """What is kept of an identity number or tax code: its last four digits, peppered, salted with the code."""
    return vault.fingerprint(f"{code}:{number[-4:]}", "dossier-number")


def serialise_attempts(session: Session) -> None:
    """Let one replica at a time count and add attempts until its transaction ends.

    On SQLite every writing transaction is alone already.
    """
    hold(session, "dossier-attempts")


def failures(session: Session, since: datetime, which: ColumnElement[bool]) -> Failures:
    """The failed attempts after `since` that satisfy `which`."""
    query = select(func.count(), func.min(AttemptRow.at), func.max(AttemptRow.at)).where(
        AttemptRow.at > since, AttemptRow.right.is_(False), which
    )
    count, first, last = session.execute(query).one()
    return Failures(count, first, last)


def forget_attempts(session: Session, before: datetime) -> int:
    """Delete attempts older than `before`; how many there were."""
    return session.execute(delete(AttemptRow).where(AttemptRow.at < before)).rowcount  # type: ignore[attr-defined, no-any-return]


def forget_returned(session: Session, today: date, days: int) -> int:
    """Delete dossiers whose result was handed out more than `days` ago, but for demo data; how many there were."""
    old = delete(DossierRow).where(DossierRow.returned_on < today - timedelta(days=days), DossierRow.origin != "demo")
    return session.execute(old).rowcount  # type: ignore[attr-defined, no-any-return]


def upsert(session: Session, key: str, values: dict[str, Any], at: datetime) -> int | None:
    """Write what is known of a dossier now; the status before, None when the dossier is new.

    values: columns of `DossierRow`; a digest that is `ABSENT` leaves the one that is kept. The row stays locked, so
    that of two who push the same change only one sees it.
    """
    row = session.get(DossierRow, key, with_for_update=True)
    before = row.status if row else None
    if row is None:
        row = DossierRow(key=key, applicant=ABSENT, authorised=ABSENT)
        session.add(row)
    for name, value in values.items():
        if value != ABSENT:
            setattr(row, name, value)
    row.updated_at = at
    return before
