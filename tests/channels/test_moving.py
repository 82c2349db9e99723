"""A code carries a conversation to another channel: what was asked goes along, proof of who somebody is does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Message, Reply
from bot.moving import Refused, Taken, give_code, send_to_linked, take_code
from knowledge.vocabulary import message_json
from store import hand_over, secrets, turns
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
PAPERS = Message("Cần mang:\n- Giấy chứng sinh", entry_ids=("1.001193",), aspect="documents")


@pytest.fixture(autouse=True)
def two_channels(database: Database, vault: Vault) -> None:
    """A web conversation about a birth registration and a dossier, and a Zalo conversation about nothing yet."""
    with database.write() as session:
        web = ConversationRow(id="web", channel="web", context={}, consent={})
        session.add_all([web, ConversationRow(id="zalo", channel="zalo", external="z", context={}, consent={})])
        session.add(ConversationRow(id="thief", channel="zalo", external="t", context={}, consent={}))
        session.flush()
        secrets.keep(session, vault, "web", "phone", "0901234567")
        said = [
            TurnRow(author="citizen", text="làm khai sinh cần gì, số tôi ⟦phone:1⟧"),
            TurnRow(author="assistant", status="answered", text=PAPERS.text, messages=[message_json(PAPERS)],
                    entry_id="1.001193", aspect="documents"),
            TurnRow(author="citizen", text="⟦dossier:1⟧ ⟦digits4:1⟧"),
            TurnRow(author="assistant", status="dossier", text="Hồ sơ đang được giải quyết"),
        ]  # fmt: skip
        turns.append(session, web, said)


def give(database: Database, vault: Vault, at: datetime = AT) -> str:
    with database.write() as session:
        return give_code(session, vault, "web", at)


def take(
    database: Database, vault: Vault, code: str, target: str = "zalo", client: str = "c", at: datetime = AT
) -> Taken | Refused:
    with database.write() as session:
        return take_code(session, vault, code, session.get_one(ConversationRow, target), client, at)


def texts(database: Database, conversation_id: str) -> str:
    with database.read() as session:
        return "\n".join(turn.text for turn in turns.after(session, conversation_id, 0))


def test_what_was_asked_goes_along_and_the_last_answer_is_said_again(database: Database, vault: Vault) -> None:
    taken = take(database, vault, give(database, vault))
    assert isinstance(taken, Taken)
    assert (taken.channel, taken.entry, taken.aspect, taken.status) == ("web", "1.001193", "documents", "answered")
    assert taken.messages[0].text == PAPERS.text
    assert "làm khai sinh cần gì" in texts(database, "zalo")
    assert "nối tiếp trên Zalo" in texts(database, "web")


def test_nothing_proven_goes_along(database: Database, vault: Vault) -> None:
    take(database, vault, give(database, vault))
    carried = texts(database, "zalo")
    assert "đang được giải quyết" not in carried
    assert "⟦phone:0⟧" in carried
    with database.read() as session:
        assert secrets.reveal(session, vault, "zalo", "phone", 1) is None


def test_a_code_works_once_for_ten_minutes_and_only_the_newest(database: Database, vault: Vault) -> None:
    old = give(database, vault)
    code = give(database, vault)
    assert take(database, vault, old, "thief") == Refused("wrong") or old == code
    assert take(database, vault, code, at=AT + timedelta(minutes=10, seconds=1)) == Refused("wrong")
    assert isinstance(take(database, vault, f"{code[:3]} {code[3:]}"), Taken)
    assert take(database, vault, code, "thief") == Refused("wrong")
    assert take(database, vault, give(database, vault), "web", "own") == Refused("wrong")


def test_entering_the_code_again_after_a_crash_carries_nothing_twice(database: Database, vault: Vault) -> None:
    code = give(database, vault)
    first, again = take(database, vault, code), take(database, vault, code)
    assert first == again
    assert texts(database, "zalo").count("làm khai sinh") == 1


def test_the_code_is_not_kept_readable(database: Database, vault: Vault) -> None:
    code = give(database, vault)
    with database.read() as session:
        kept = session.connection().exec_driver_sql("SELECT * FROM moves").all()
    assert code not in str([list(row) for row in kept])


def test_five_wrong_codes_a_day_and_then_even_the_right_one_waits(database: Database, vault: Vault) -> None:
    code = give(database, vault)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [take(database, vault, wrong, "thief", "bad") for _ in range(6)] == [Refused("wrong")] * 5 + [
        Refused("later")
    ]
    assert take(database, vault, code, "thief", "bad") == Refused("later")
    assert isinstance(take(database, vault, code, client="good"), Taken)


def test_many_addresses_share_one_budget_but_who_has_not_failed_is_heard(database: Database, vault: Vault) -> None:
    code = give(database, vault)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    compared = sum(
        take(database, vault, wrong, "thief", f"bad {n}") == Refused("wrong") for _ in range(3) for n in range(40)
    )
    assert compared == 40 + 60
    assert isinstance(take(database, vault, code, client="good"), Taken)


def test_the_place_in_the_queue_goes_along(database: Database, vault: Vault) -> None:
    with database.write() as session:
        web = session.get_one(ConversationRow, "web")
        hand_over.take_ticket(session, "hand_over", web)
        web.state = "queued"
    take(database, vault, give(database, vault))
    with database.read() as session:
        ticket = hand_over.open_hand_over(session, "zalo")
        assert ticket is not None
        assert ticket.channel == session.get_one(ConversationRow, "zalo").channel
        assert session.get_one(ConversationRow, "zalo").state == "queued"
        assert session.get_one(ConversationRow, "web").state == "assistant"


def test_papers_go_only_where_a_code_has_led(database: Database, vault: Vault) -> None:
    sent: list[tuple[str, Reply]] = []
    deliver = {"zalo": lambda session, conversation, reply: sent.append((conversation.id, reply))}
    with database.write() as session:
        assert send_to_linked(session, "web", [PAPERS], deliver, "papers") is None
    take(database, vault, give(database, vault))
    for _ in range(2):
        with database.write() as session:
            assert send_to_linked(session, "web", [PAPERS], deliver, "papers") == "zalo"
    assert [(where, reply.messages) for where, reply in sent] == [("zalo", (PAPERS,))]
    assert "Giấy chứng sinh" in texts(database, "zalo").splitlines()[-1]
