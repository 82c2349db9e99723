"""Keeps a call in the store between two posts: its sealed state, and one row per turn. Any replica goes on with it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.client_address import client_fingerprint
from bot.privacy import redact
from store.base import new_id
from store.calls import CallRow, CallTurnRow, close, find_turn
from store.conversations import ConversationRow
from store.crypto import Vault
from store.engine import Database
from voice.call_state import Began, CallState, Input, Keys, PersonLegEnded, Recorded, Speech
from voice.digits_heard import holds_number
from voice.effects import Caller

_STATE, _ANSWER, _CALLER = "call-state", "call-answer", "call-caller"
_WITHHELD = "withheld"
_HEARD = {Began: "began", Keys: "keys", Speech: "speech", PersonLegEnded: "person", Recorded: "recorded"}


@dataclass(frozen=True, slots=True)
class Found:
    """A call as it was found. answer: what this very post was answered before, if it was. over: the call has ended."""

    caller: Caller
    state: CallState
    answer: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered post, ready to be kept."""

    call_id: str
    number: int
    heard: Input
    before: CallState
    after: CallState
    answer: str
    milliseconds: float
    at: datetime


class CallRecords:
    """The calls in the store."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._db, self._vault = database, vault

    def find(self, call_id: str, number: int) -> Found | None:
        """The call at a turn, or with the answer it got; None for a call never seen."""
        with self._db.read() as session:
            row = session.get(CallRow, call_id)
            if row is None or row.conversation_id is None:
                return None
            turn = find_turn(session, call_id, number)
            answer = self._vault.open(turn.answer, _ANSWER) if turn and turn.answer else None
            over = row.ended_at is not None
            return Found(self._caller(row, row.conversation_id), self._state(row), answer, over)

    def open(self, call_id: str, number: str | None, at: datetime, client: str | None = None) -> Found:
        """A new call; opening it twice gives the one that is there.

        number: None when withheld. client: the browser's address for a simulated call, whose number is made up.
        """
        try:
            with self._db.write() as session:
                return self._open(session, call_id, number, at, client)
        except IntegrityError:
            found = self.find(call_id, 0)
            if found is None:
                raise
            return found

    def _open(self, session: Session, call_id: str, number: str | None, at: datetime, client: str | None) -> Found:
        known = self._vault.fingerprint(number, "caller") if number else None
        if client:
            known = client_fingerprint(self._vault, client)
        conversation = ConversationRow(
            id=new_id(), channel="phone", external=self._vault.fingerprint(call_id, "call"), context={}, consent={},
            created_at=at, last_at=at,
        )  # fmt: skip
        session.add(conversation)
        session.flush()
        row = CallRow(
            id=call_id,
            conversation_id=conversation.id,
            caller=known,
            caller_sealed=self._vault.seal(number, _CALLER) if number else None,
            state=self._seal(CallState()),
            consent={"announced_at": at.isoformat()},
            started_at=at,
        )
        session.add(row)
        session.flush()
        return Found(self._caller(row, conversation.id), CallState())

    def keep(self, turn: Turn) -> str:
        """Commit a turn; what was answered, which is another replica's answer when that one was first."""
        try:
            with self._db.write() as session:
                session.add(self._row(turn))
                call = session.get_one(CallRow, turn.call_id)
                call.state = self._seal(turn.after) if call.ended_at is None else None
                call.turn = turn.after.turn
                call.outcome, call.left_at = turn.after.outcome, turn.after.name
                call.consent = _consent(call.consent, turn)
            return turn.answer
        except IntegrityError:
            found = self.find(turn.call_id, turn.number)
            return found.answer if found and found.answer else turn.answer

    def _row(self, turn: Turn) -> CallTurnRow:
        heard = turn.heard
        return CallTurnRow(
            call_id=turn.call_id,
            number=turn.number,
            at=turn.at,
            heard=_HEARD.get(type(heard), "silence"),
            keys=len(heard.digits) if isinstance(heard, Keys) else 0,
            text=words_kept(heard.text) if isinstance(heard, Speech) else "",
            state=turn.before.name,
            then=turn.after.name,
            milliseconds=round(turn.milliseconds, 1),
            answer=self._vault.seal(turn.answer, _ANSWER),
        )

    def close(self, call_id: str, status: str, seconds: int | None, at: datetime) -> str | None:
        """Close a call's record; its conversation, None when the call is unknown or closed already."""
        with self._db.write() as session:
            row = session.get(CallRow, call_id)
            if row is None or row.ended_at is not None:
                return None
            close(session, row, status, seconds, at)
            return row.conversation_id

    def _caller(self, row: CallRow, conversation_id: str) -> Caller:
        number = self._vault.open(row.caller_sealed, _CALLER) if row.caller_sealed else None
        return Caller(conversation_id, number, row.caller or self._vault.fingerprint(_WITHHELD, "caller"))

    def _seal(self, state: CallState) -> bytes:
        return self._vault.seal(json.dumps(asdict(state), ensure_ascii=False), _STATE)

    def _state(self, row: CallRow) -> CallState:
        return state_from(json.loads(self._vault.open(row.state, _STATE))) if row.state else CallState(name="ended")


def words_kept(text: str) -> str:
    """What may be kept of a sentence: personal values masked; nothing when it still holds a number."""
    return "⟦dossier:0⟧" if holds_number(text) else redact(text)


def state_from(packed: dict[str, Any]) -> CallState:
    """A `CallState` from JSON, where tuples are lists."""
    return CallState(**{key: _tuples(value) for key, value in packed.items()})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _consent(consent: dict[str, Any], turn: Turn) -> dict[str, Any]:
    """What the caller refused and agreed to: speech as text by the key against it, a recording by what starts it."""
    said = dict(consent)
    if turn.after.name == "record":
        said["recording_at"] = turn.at.isoformat()
    if turn.after.speech_refused and not turn.before.speech_refused:
        said["speech_refused_at"] = turn.at.isoformat()
    return said
