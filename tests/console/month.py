"""One November that was counted by hand: ten contacts in writing, three calls, four tickets, five judgements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from store.base import new_id
from store.calls import CallRow, CallTurnRow
from store.conversations import ConversationRow, TurnRow
from store.tickets import RatingRow, TicketRow

NOON = datetime(2026, 11, 10, 5, tzinfo=UTC)  # 12:00 in Vietnam
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COMMUNES = ("phường Mẫu Một", "xã Mẫu Bốn", "xã Mẫu Tám")


def fill(session: Session) -> None:
    """Write the month."""
    _zalo(session)
    _web(session)
    _phone(session)


def _zalo(session: Session) -> None:
    """Citizen `a`: two contacts 48 hours apart in one conversation. Citizen `b`: back after 80 hours: late.
    Citizen `c`: answered, and back 24 hours later with the same question: the first contact failed all the same.

    The first of `a` is answered, then refused: refused. The second is answered; a citizen dislikes it: wrong.
    """
    talk(
        session,
        "za",
        "zalo",
        NOON,
        [("khai sinh ở xã Mẫu Bốn", "answered:1.001193"), ("còn gì nữa", "unanswered")],
        "a",
    )
    talk(session, "za", "zalo", NOON + 48 * HOUR, [("lệ phí khai sinh", "answered:1.001193")], "a")
    talk(session, "zb", "zalo", NOON, [("kết hôn", "clarification"), ("trong nước", "answered:1.000894")], "b")
    talk(session, "zb", "zalo", NOON + 80 * HOUR, [("chào", "smalltalk")], "b")
    talk(session, "zc", "zalo", NOON + 6 * HOUR, [("mất căn cước", "answered:1.000656")], "c")
    talk(session, "zc", "zalo", NOON + 30 * HOUR, [("mất căn cước thì sao", "answered:1.000656")], "c")
    judge(session, "za", "za-5", False, None)
    session.add(RatingRow(conversation_id="za", score=2, at=NOON))


def _web(session: Session) -> None:
    """Answered and then a person; abandoned in a clarification; refused; answered but marked as wrong by staff."""
    talk(session, "w1", "web", NOON + 3 * HOUR, [("thường trú", "answered:faq-001"), ("gặp cán bộ", "handed_over")])
    talk(session, "w2", "web", NOON + 3 * HOUR, [("giấy tờ", "clarification")])
    talk(session, "w3", "web", NOON + 4 * HOUR, [("xã Mẫu Bốn, phường Mẫu Một ở đâu", "out_of_scope")])
    talk(session, "w4", "web", NOON + 4 * HOUR, [("sổ đỏ", "answered:1.001193")])
    judge(session, "w4", "w4-1", True, None)
    judge(session, "w4", "w4-1", False, "ha")
    session.add(RatingRow(conversation_id="w1", score=5, at=NOON))
    ticket(session, "w1", "hand_over", NOON + 3 * HOUR + 2 * MINUTE, taken=4, promised=30)
    ticket(session, None, "hand_over", NOON, taken=50, promised=30)
    ticket(session, None, "hand_over", NOON, taken=None, promised=30)
    ticket(session, None, "callback", NOON, taken=10, promised=None)


def _phone(session: Session) -> None:
    """Caller `p` hangs up while entering a code and gets an answer an hour later; another gets a person."""
    call(session, "c1", "p", NOON, ["main", "dossier", "code"], "none")
    call(session, "c2", "p", NOON + HOUR, ["main", "procedures", "answer"], "answered")
    call(session, "c3", None, NOON, ["main", "queued"], "person")


def talk(
    session: Session, id_: str, channel: str, at: datetime, said: list[tuple[str, str]], external: str | None = None
) -> None:
    """Questions a minute apart with the status and entry of each answer; going on where the conversation stands."""
    row = session.get(ConversationRow, id_)
    if row is None:
        row = ConversationRow(id=id_, channel=channel, external=external, created_at=at, last_at=at, context={})
        session.add(row)
        session.flush()
    before = session.query(TurnRow).filter_by(conversation_id=id_).count()
    for number, (text, answer) in enumerate(said):
        status, _, entry = answer.partition(":")
        seq, moment = before + number * 2 + 1, at + number * MINUTE
        common = {"conversation_id": id_, "at": moment, "messages": []}
        session.add(TurnRow(id=f"{id_}-q{seq}", author="citizen", text=text, seq=seq, **common))
        said_id = f"{id_}-{seq}"
        session.add(
            TurnRow(
                id=said_id, author="assistant", text="!", seq=seq + 1, status=status, entry_id=entry or None, **common
            )
        )
    session.flush()


def judge(session: Session, conversation: str, turn: str, helpful: bool, by: str | None) -> None:
    """A judgement of a turn."""
    session.add(RatingRow(conversation_id=conversation, turn_id=turn, helpful=helpful, by=by, at=NOON + 49 * HOUR))


def ticket(
    session: Session, conversation: str | None, kind: str, at: datetime, *, taken: int | None, promised: int | None
) -> None:
    """A ticket of the web. taken, promised: minutes after it was opened."""
    session.add(
        TicketRow(
            number=new_id(), kind=kind, conversation_id=conversation, channel="web", created_at=at, details={},
            state="open" if taken is None else "closed",
            taken_at=None if taken is None else at + taken * MINUTE,
            promised_until=None if promised is None else at + promised * MINUTE,
        )
    )  # fmt: skip


def call(session: Session, id_: str, caller: str | None, at: datetime, states: list[str], outcome: str) -> None:
    """A call through menu states."""
    session.add(CallRow(id=id_, caller=caller, outcome=outcome, left_at=states[-1], started_at=at, consent={}))
    session.flush()
    steps = zip([states[0], *states], states, strict=False)
    for number, (state, then) in enumerate(steps):
        session.add(CallTurnRow(call_id=id_, number=number, heard="keys", state=state, then=then, at=at))
