"""A conversation goes on by telephone with the six digits that another channel gave out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.messages import Message
from bot.moving import give_code
from knowledge.vocabulary import message_json
from store import turns
from store.base import new_id, now
from store.conversations import ConversationRow, TurnRow
from tests.voice.telephone import Hotline, monday, reply
from voice.simulator.carrier import SimulatedCall

Make = Callable[..., Hotline]
MARRIAGE = "1.000894"


def begun_on_the_web(line: Hotline) -> str:
    """The code of a conversation on the web that was about getting married."""
    with line.database.write() as session:
        conversation = ConversationRow(
            id=new_id(), channel="web", external=new_id(), context={}, consent={}, created_at=now(), last_at=now()
        )
        session.add(conversation)
        session.flush()
        answer = Message(
            "Đăng ký kết hôn cần tờ khai.", "Đăng ký kết hôn cần tờ khai.", (MARRIAGE,), aspect="documents"
        )
        said = [
            TurnRow(id=new_id(), author="citizen", text="cưới thì cần giấy gì", messages=[], details={}),
            TurnRow(
                id=new_id(), author="assistant", text=answer.text, messages=[message_json(answer)], details={},
                status="answered", entry_id=MARRIAGE, aspect="documents",
            ),
        ]  # fmt: skip
        turns.append(session, conversation, said)
        return give_code(session, line.vault, conversation.id, monday())


async def entering(line: Hotline, code: str) -> SimulatedCall:
    """A call that presses 5 and then the code."""
    call = line.call()
    await call.begin()
    await call.press("5")
    assert "sáu số" in call.words
    assert call.waiting is not None
    assert call.waiting.get("input", "dtmf") == "dtmf"
    call.forget()
    await call.press(code)
    return call


async def test_begun_on_the_web_and_finished_by_phone(hotline: Make) -> None:
    line = hotline(operators=("+842400000001",))
    call = await entering(line, begun_on_the_web(line))
    assert "từ trang web" in call.words
    assert "Đăng ký kết hôn cần tờ khai" in call.words
    await call.press("0")
    await call.person("completed")
    assert "Đăng ký kết hôn" in " ".join(h.text for h in call.whispered)
    with line.database.read() as session:
        stored = session.scalars(select(TurnRow).where(TurnRow.author == "assistant", TurnRow.status == "answered"))
        assert {turn.entry_id for turn in stored} == {MARRIAGE}


@pytest.mark.parametrize("code", ["000000", "12#"])
async def test_a_wrong_code_is_asked_for_again(hotline: Make, code: str) -> None:
    call = await entering(hotline(), code)
    assert "đủ sáu số của mã nối tiếp" in call.words


async def test_key_six_after_an_answer_gives_a_code(hotline: Make) -> None:
    line = hotline()
    line.conversation.said["làm khai sinh"] = reply("answered", "Cần giấy chứng sinh.", entry_ids=["1.001193"])
    line.conversation.said["/move"] = reply("smalltalk", "Mã nối tiếp gồm sáu số: bốn tám ba, chín hai không.")
    call = line.call()
    await call.begin()
    await call.say("làm khai sinh")
    assert "xem trên mạng, bấm 6" in call.words
    await call.press("6")
    assert "Mã nối tiếp gồm sáu số" in call.words


async def test_the_papers_of_what_was_asked_go_to_the_channel_that_a_code_joined(hotline: Make) -> None:
    line = hotline()
    call = await entering(line, begun_on_the_web(line))
    call.forget()
    await call.say("sang tên xe")
    assert "bấm 6" not in call.words
    line.conversation.said["làm khai sinh"] = reply("answered", "Cần giấy chứng sinh.", entry_ids=["1.001193"])
    call.forget()
    await call.say("làm khai sinh")
    assert "Gửi giấy tờ sang trang web, bấm 7" in call.words
    call.forget()
    await call.press("7")
    assert "Đã gửi danh sách giấy tờ sang trang web" in call.words
    await call.repeat()
    with line.database.read() as session:
        web = session.scalars(select(ConversationRow).filter_by(channel="web")).one()
        sent = [turn for turn in turns.after(session, web.id, 0) if "chứng sinh" in turn.text]
    assert [turn.messages[0]["entry_ids"] for turn in sent] == [["1.001193"]]
    assert sent[0].messages[0]["aspect"] == "documents"


async def test_when_the_joined_conversation_is_over_a_code_is_given(hotline: Make) -> None:
    line = hotline()
    call = await entering(line, begun_on_the_web(line))
    with line.database.write() as session:
        session.scalars(select(ConversationRow).filter_by(channel="web")).one().ended_at = monday()
    line.conversation.said["/move"] = reply("smalltalk", "Mã nối tiếp gồm sáu số: bốn tám ba, chín hai không.")
    call.forget()
    await call.press("7")
    assert "Mã nối tiếp gồm sáu số" in call.words


async def test_a_callers_number_alone_leads_to_no_channel(hotline: Make) -> None:
    line = hotline()
    begun_on_the_web(line)
    line.conversation.said["làm khai sinh"] = reply("answered", "Cần giấy chứng sinh.", entry_ids=["1.001193"])
    call = line.call()
    await call.begin()
    await call.say("làm khai sinh")
    assert "Gửi giấy tờ" not in call.words
    assert "Lấy mã để xem trên mạng, bấm 6" in call.words
    call.forget()
    await call.press("7")
    assert "nghe rõ" in call.words
