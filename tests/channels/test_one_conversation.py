"""One conversation: begun on the web, gone on with by telephone, finished on Zalo; all of Motcua runs."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from tests.fakes.zalo_server import ZaloServer
from tests.running import Chat, Running
from voice.simulator.carrier import Account, SimulatedCall

pytestmark = pytest.mark.xdist_group("motcua")
DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
PAPERS = "Làm giấy khai sinh cho con cần gì?"


async def test_begun_on_the_web_gone_on_by_phone_and_finished_on_zalo(motcua: Running, motcua_zalo: ZaloServer) -> None:
    chat = motcua.chat()
    code = begin_on_the_web(chat)
    heard = await go_on_by_phone(motcua, code)
    assert "Giấy chứng sinh" in chat.history()[-1]["text"]
    papers, place = await finish_on_zalo(motcua, motcua_zalo, heard)
    assert "từ điện thoại" in papers
    assert "chứng sinh" in papers
    assert re.search("xã|phường", place)
    used_up = motcua.chat().say(code)["messages"][0]["text"]
    assert "không đúng hoặc đã hết hạn" in used_up


def begin_on_the_web(chat: Chat) -> str:
    """Ask for the papers of a birth registration; the code that carries the conversation on."""
    asked = chat.say(PAPERS)
    if asked["status"] == "clarification":
        asked = chat.say(asked["messages"][0]["buttons"][0]["payload"])
    assert asked["status"] == "answered"
    given = chat.say("/move")["messages"][0]["text"]
    found = re.search(r"Mã nối tiếp: (\d{3}) (\d{3})", given)
    assert found is not None, given
    return found[1] + found[2]


async def go_on_by_phone(motcua: Running, code: str) -> str:
    """Enter the code by keys, hear the answer again, ask what it costs, have the papers sent to the web page; the code
    that the hotline reads out.
    """
    account = Account(motcua.base, (motcua.var / "simulator_token").read_text().strip())
    async with httpx.AsyncClient(base_url=motcua.base, timeout=60, trust_env=False) as http:
        call = SimulatedCall(http, account)
        await call.begin()
        await call.press("5")
        await call.press(code)
        assert "trang web" in call.words
        call.forget()
        await call.say("hết bao nhiêu tiền")
        assert "phí" in call.words
        for _ in range(8):
            if "bấm 6" in call.words:
                break
            await call.press("1")
        await call.press("7")
        assert "Đã gửi danh sách giấy tờ sang trang web" in call.words
        call.forget()
        await call.press("6")
        heard = re.search(r"sáu số: ((?:\w+[, ]+){5}\w+)", call.words)
        assert heard is not None, call.words
        await call.hang_up()
    return "".join(str(DIGITS.index(word)) for word in re.findall(r"\w+", heard[1]))


async def finish_on_zalo(motcua: Running, zalo: ZaloServer, code: str) -> tuple[str, str]:
    """Enter the code on Zalo, then ask where to go; what comes after each."""
    async with asyncio.timeout(90):
        _write(motcua, zalo, code)
        papers = await _heard(zalo, 0, "chứng sinh")
        _write(motcua, zalo, "nộp ở đâu")
        place = await _heard(zalo, len(papers), "xã|phường")
    return "\n".join(papers), place[-1]


async def _heard(zalo: ZaloServer, after: int, wanted: str) -> list[str]:
    """What the citizen has heard on Zalo beyond the first `after` messages, once it says what is wanted."""
    while not re.search(wanted, "\n".join(heard := zalo.texts("citizen")[after:])):
        await asyncio.sleep(0.05)
    return heard


def _write(motcua: Running, zalo: ZaloServer, text: str) -> None:
    body, headers = zalo.event("user_send_text", "citizen", {"text": text})
    assert motcua.http.post("/channels/zalo/webhook", content=body, headers=headers).status_code == 200
