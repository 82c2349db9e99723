"""What is recognised word for word: ticket numbers with PINs, codes, where a complaint happened."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.messages import Message, Reply
from bot.moving import give_code
from bot.tickets import read, with_pin
from bot.wording import words
from store import hand_over
from store.conversations import ConversationRow, TurnRow
from store.crypto import Vault
from store.engine import Database
from store.hand_over import PIN_PLACE, file_complaint
from store.tickets import TicketRow
from tests.channels.exact_desk import AT, ExactDesk


@pytest.fixture
def desk(database: Database, vault: Vault) -> ExactDesk:
    return ExactDesk(database, vault)


def complain(desk: ExactDesk, answer: str | None = None) -> tuple[str, str]:
    """A complaint of this conversation: its number and PIN."""
    with desk.database.write() as session:
        row = session.get_one(ConversationRow, desk.id)
        ticket = file_complaint(session, desk.vault, row, "thai_do", "cán bộ quát nạt", "0901234567")
        if answer:
            ticket.state, ticket.answer = "closed", answer
        return ticket.number, hand_over.pin_of(desk.vault, ticket.number)


def other_pin(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06d}"


def test_number_and_pin_tell_how_a_complaint_stands(desk: ExactDesk) -> None:
    number, pin = complain(desk, "Đã nhắc nhở cán bộ.")
    said = desk.say(f"cho xem phiếu {number.lower()} {pin}")
    assert said is not None
    assert "đã giải quyết xong" in said
    assert "Đã nhắc nhở cán bộ." in said
    assert pin not in desk.kept()
    assert "⟦pin:0⟧" in desk.kept()


def test_the_pin_may_come_after_the_number(desk: ExactDesk) -> None:
    number, pin = complain(desk)
    assert desk.say("Xem phiếu phản ánh") == words()["ticket"]["ask_number"]
    assert number in str(desk.say(number))
    assert "chờ cán bộ xem" in str(desk.say(f"{pin[:3]} {pin[3:]}"))
    assert pin not in desk.kept()


def test_a_wrong_number_and_a_wrong_pin_sound_the_same(desk: ExactDesk, database: Database, vault: Vault) -> None:
    number, pin = complain(desk)
    wrong = words()["ticket"]["wrong"]
    assert desk.say(f"{number} {other_pin(pin)}") == wrong
    assert ExactDesk(database, vault, client="b").say(f"PA-26-999999 {pin}") == wrong


def test_five_wrong_pins_close_a_ticket_for_a_day_whoever_guesses(
    desk: ExactDesk, database: Database, vault: Vault
) -> None:
    number, pin = complain(desk)
    for guesser in range(5):
        other = ExactDesk(database, vault, client=f"guesser {guesser}")
        assert other.say(f"{number} {other_pin(pin)}") == words()["ticket"]["wrong"]
    assert desk.say(f"{number} {pin}") == words()["ticket"]["later"]


def test_only_complaints_are_told(desk: ExactDesk) -> None:
    with desk.database.write() as session:
        ticket = hand_over.take_ticket(session, "callback", session.get_one(ConversationRow, desk.id))
        number = ticket.number
    assert desk.say(f"{number} {hand_over.pin_of(desk.vault, number)}") is None


def test_pins_differ_and_follow_the_key(vault: Vault) -> None:
    pins = {hand_over.pin_of(vault, f"PA-26-{n:06d}") for n in range(200)}
    assert len(pins) > 195
    assert hand_over.pin_of(vault, "PA-26-000001") == hand_over.pin_of(vault, "PA-26-000001")
    other = Vault("another secret for tests that is long enough")
    assert hand_over.pin_of(other, "PA-26-000001") != hand_over.pin_of(vault, "PA-26-000001")


def test_only_a_reply_that_made_a_ticket_shows_a_pin(vault: Vault) -> None:
    message = Message(f"Mã PIN: {PIN_PLACE}", f"Mã PIN: {PIN_PLACE}")
    made = Reply("c", "t", "feedback", (message,), details={"ticket": "PA-26-000001", "pin": True})
    pin = hand_over.pin_of(vault, "PA-26-000001")
    assert with_pin(vault, made).messages == (Message(f"Mã PIN: {pin}", f"Mã PIN: {' '.join(pin)}"),)
    echoed = Reply("c", "t", "answered", (message,), details={"ticket": "PA-26-000001"})
    assert with_pin(vault, echoed) == echoed


@pytest.mark.parametrize(
    ("text", "number", "pin"),
    [
        ("PA-26-123456 654321", "PA-26-123456", "654321"),
        ("pa 26 123456, mã pin 654 321", "PA-26-123456", "654321"),
        ("PA-26-123456", "PA-26-123456", None),
        ("654321", None, "654321"),
        ("số 0901234567", None, None),
        ("PA-26-123456 0901234567", "PA-26-123456", None),
    ],
)
def test_numbers_and_pins_are_read(text: str, number: str | None, pin: str | None) -> None:
    written = read(text)
    assert (written.number, written.pin) == (number, pin)


def test_six_digits_carry_a_conversation_here(desk: ExactDesk, database: Database, vault: Vault) -> None:
    other = ExactDesk(database, vault, "zalo", "there")
    desk.store(TurnRow(author="citizen", text="làm khai sinh cần gì"))
    with database.write() as session:
        code = give_code(session, vault, desk.id, AT)
    said = other.say(f"mã {code[:3]} {code[3:]}")
    assert said is not None
    assert "nối tiếp cuộc trò chuyện từ trang web" in said
    assert "làm khai sinh" in other.kept()
    assert code not in other.kept()


def test_six_digits_in_a_form_are_left_to_the_form(desk: ExactDesk) -> None:
    desk.store(TurnRow(author="assistant", status="dossier", text="Mã hồ sơ?", details={"asks": "code"}))
    assert desk.say("260921") is None


@pytest.mark.parametrize("text", ["làm khai sinh cần gì", '/ask{"entry":"1.001193"}', "4826", "12345678", "dừng lại"])
def test_everything_else_is_left_to_the_dialogue(desk: ExactDesk, text: str) -> None:
    assert desk.say(text) is None


def test_where_it_happened_is_asked_after_the_ticket_is_safe(desk: ExactDesk) -> None:
    number, _ = complain(desk)
    asked = TurnRow(author="assistant", status="feedback", text="Ở đâu?", details={"ticket": number, "asks": "place"})
    desk.store(asked)
    assert number in str(desk.say("số 12 đường Lê Lợi, xã An Bình, gọi tôi 0901234567"))
    with desk.database.read() as session:
        place = str(session.scalars(select(TicketRow.place)).one())
    assert "Lê Lợi" in place
    assert "0901234567" not in place
    assert "0901234567" not in desk.kept()


@pytest.mark.parametrize("text", ["thế lệ phí bao nhiêu", "/human", "cảm ơn"])
def test_a_question_after_a_complaint_is_no_place(desk: ExactDesk, text: str) -> None:
    number, _ = complain(desk)
    asked = TurnRow(author="assistant", status="feedback", text="Ở đâu?", details={"ticket": number, "asks": "place"})
    desk.store(asked)
    assert desk.say(text) is None


def test_where_it_happened_may_be_skipped(desk: ExactDesk) -> None:
    number, _ = complain(desk)
    desk.store(TurnRow(author="assistant", text="?", details={"ticket": number, "asks": "place"}))
    assert desk.say("/skip") == words()["ticket"]["place_skipped"]
