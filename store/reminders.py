"""Who wants to be told that there is news of a dossier, where, and whether they still do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, CursorResult, ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from settings import Settings
from store.base import Base, new_id, now
from store.conversations import ConversationRow
from store.crypto import Vault

ADDRESS = "reminder-address"
OPEN = ("waiting", "on")
Way = Literal["web", "zalo", "zns", "sms"]
SEEN_FOR = timedelta(minutes=15)


class ReminderRow(Base):
    """One wish. It goes with its conversation: who erases that, is not reminded any more.

    dossier: key of `DossierRow`. channel: `web`, `zalo` (in the conversation), `zns` or `sms` (to a telephone number).
    address: sealed number, found by its fingerprint `number`. state: `waiting` for the code that was sent to the
    number, `on`, `off`. code: fingerprint of that code, None once it was shown. told: how often there was news.
    consent: see `store.consent`.
    """

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_open", "dossier", "state"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    dossier: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    address: Mapped[bytes | None]
    number: Mapped[str | None] = mapped_column(String(64), index=True)
    code: Mapped[str | None] = mapped_column(String(64))
    code_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(8))
    told: Mapped[int] = mapped_column(default=0)
    consent: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


def ways_for(settings: Settings, channel: str) -> tuple[Way, ...]:
    """Where somebody who writes on this channel can be told, as far as it is set up."""
    here: dict[str, tuple[Way, ...]] = {"web": ("web",), "zalo": ("zalo",)}
    zns: tuple[Way, ...] = ("zns",) if settings.zalo_zns_news_template and settings.zalo_zns_code_template else ()
    sms: tuple[Way, ...] = ("sms",) if settings.sms_from and settings.twilio_auth_token else ()
    return (*here[channel], *zns, *sms) if channel in here else ()


def note_seen(conversation: ConversationRow, dossier: str, at: datetime) -> None:
    """Remember that this conversation has just proved to be the dossier's. dossier: key of `DossierRow`."""
    conversation.context = conversation.context | {"seen": {"dossier": dossier, "at": at.isoformat()}}


def seen_lately(conversation: ConversationRow, at: datetime) -> str | None:
    """The key of the dossier that this conversation has proved to be its own within the last 15 minutes."""
    seen = conversation.context.get("seen")
    if seen is None or datetime.fromisoformat(seen["at"]) + SEEN_FOR < at:
        return None
    return str(seen["dossier"])


def on(session: Session, dossier: str) -> list[ReminderRow]:
    """The wishes about a dossier, locked until the transaction ends so that each is served once."""
    query = select(ReminderRow).filter_by(dossier=dossier, state="on").order_by(ReminderRow.created_at)
    return list(session.scalars(query.with_for_update()))


def of_conversation(session: Session, conversation_id: str) -> list[ReminderRow]:
    """The wishes of a conversation that have not ended, oldest first."""
    query = select(ReminderRow).where(ReminderRow.conversation_id == conversation_id, ReminderRow.state.in_(OPEN))
    return list(session.scalars(query.order_by(ReminderRow.created_at)))


def number_digest(vault: Vault, number: str) -> str:
    """What a telephone number is found by. number: as dialled at home, digits only."""
    return vault.fingerprint(number, ADDRESS)


def conversations_of(session: Session, vault: Vault, number: str) -> set[str]:
    """The conversations in which somebody wanted to be reminded at this number."""
    query = select(ReminderRow.conversation_id).filter_by(number=number_digest(vault, number))
    return set(session.scalars(query))


def _theirs(conversation_id: str | None) -> ColumnElement[bool]:
    here, same = aliased(ConversationRow), aliased(ConversationRow)
    account = (same.channel == here.channel) & (same.external == here.external)
    own = select(same.id).join(here, account | (same.id == here.id)).where(here.id == conversation_id)
    shown = aliased(ReminderRow)
    numbers = select(shown.number).where(
        shown.conversation_id.in_(own), shown.number.is_not(None), shown.code.is_(None)
    )
    return ReminderRow.conversation_id.in_(own) | ReminderRow.number.in_(numbers)


def stop(session: Session, at: datetime, *, conversation_id: str | None = None, number: str | None = None) -> int:
    """End all wishes whose news reaches a telephone number, by its fingerprint, or whoever writes in a conversation.

    They write for all conversations of their account on the channel, and for the numbers shown to be theirs in these.
    How many there were.
    """
    whose = ReminderRow.number == number if number else _theirs(conversation_id)
    end = update(ReminderRow).where(whose, ReminderRow.state.in_(OPEN)).values(state="off", ended_at=at)
    return cast(CursorResult[Any], session.execute(end, execution_options={"synchronize_session": False})).rowcount
