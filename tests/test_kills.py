"""Each process dies in the middle of a conversation; the citizen loses nothing and reads nothing twice."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.running import Chat, Running

pytestmark = pytest.mark.xdist_group("kills")
PATIENCE = 60.0


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Motcua of its own, since its processes are killed."""
    running = Running(tmp_path_factory.mktemp("mortal"))
    running.prepare()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def whole(mortal: Running) -> Running:
    """The same, with both processes up."""
    mortal.wait(lambda ready: ready["dialogue"] == "ok")
    return mortal


def test_rasa_dies_in_mid_conversation_and_the_conversation_goes_on(whole: Running) -> None:
    chat = whole.chat()
    assert "khai sinh" in words(chat.say("làm giấy khai sinh cho con cần gì"))
    whole.child("rasa").kill()
    orphaned = chat.say("hết bao nhiêu tiền vậy em")
    assert orphaned["status"] == "answered"
    assert "khai sinh" in words(orphaned)
    assert whole.chat().say("/human")["status"] == "handed_over"
    whole.wait(lambda ready: ready["dialogue"] == "ok")
    again = chat.say("còn nộp ở đâu")
    assert (again["status"], again["messages"][0]["entry_ids"]) == ("answered", ["1.001193"])
    assert [turn["from"] for turn in chat.history()] == ["citizen", "assistant"] * 3


def test_a_form_survives_rasas_death(whole: Running) -> None:
    chat = whole.chat()
    assert "bốn số cuối" in words(chat.say("hồ sơ H00.14-261105-0012 tới đâu rồi"))
    whole.child("rasa").kill()
    whole.wait(lambda ready: ready["dialogue"] != "ok")
    whole.wait(lambda ready: ready["dialogue"] == "ok")
    assert "đang được giải quyết" in words(chat.say("4826"))


def test_the_gateway_dies_after_it_accepted_and_answers_once_when_it_is_back(whole: Running) -> None:
    chat = whole.chat()
    chat.say("xin chào")
    rasa, gateway = whole.child("rasa"), whole.child("gateway")
    rasa.send_signal(signal.SIGSTOP)
    asking = threading.Thread(target=ask_in_vain, args=(chat, "làm thẻ căn cước ở đâu", "the-question"))
    asking.start()
    until(lambda: accepted(whole.var, "the-question") == [("working",)])
    gateway.kill()
    rasa.send_signal(signal.SIGCONT)
    asking.join()
    whole.wait()
    until(lambda: accepted(whole.var, "the-question") == [("done",)])
    turns = [turn for turn in chat.history() if turn["from"] == "assistant"]
    assert len(turns) == 2
    assert turns[1]["messages"][0]["aspect"] == "place"
    assert chat.say("làm thẻ căn cước ở đâu", "the-question")["turn_id"] == turns[1]["turn_id"]
    assert len(chat.history()) == 4


def ask_in_vain(chat: Chat, text: str, message_id: str) -> None:
    """Ask a gateway that dies before it can answer."""
    with pytest.raises(httpx.TransportError):
        chat.say(text, message_id)


def accepted(var: Path, message_id: str) -> list[tuple[str]]:
    """What the inbox says of a message."""
    with sqlite3.connect(f"file:{var / 'motcua.db'}?mode=ro", uri=True) as store:
        return store.execute("SELECT state FROM inbox WHERE message_id = ?", (message_id,)).fetchall()


def until(true: object) -> None:
    """Wait until `true()`."""
    end = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def words(reply: dict[str, object]) -> str:
    """All that a reply says."""
    return " ".join(message["text"] for message in reply["messages"]).lower()  # type: ignore[attr-defined]
