"""Every call of `calls/*.yml`, through the simulated carrier and the real webhooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.messages import Button
from store import notices
from tests.voice.telephone import CARRIER_TOKEN, OPEN, SHUT, Hotline, reply
from voice.book import load_book
from voice.call import next_step
from voice.call_state import CallState, CallStep, Input, Keys
from voice.simulator.script import run_script

FILES = sorted((Path(__file__).parent / "calls").glob("*.yml"))
CALLS = [(path.stem, written) for path in FILES for written in yaml.safe_load(path.read_text("utf-8"))]
SAID = {
    "làm khai sinh cho con cần gì": reply(
        "answered", "Đăng ký khai sinh cần giấy chứng sinh.", entry_ids=["1.001193"],
        buttons=[Button("Lệ phí", '/ask{"entry":"1.001193","aspect":"fee"}')],
    ),
    "tôi mất giấy khai sinh": reply(
        "clarification", "Anh/chị hỏi về việc nào dưới đây?", entry_ids=["2.000635", "1.004884"],
        buttons=[
            Button("Cấp bản sao Giấy khai sinh", '/ask{"entry":"2.000635"}'),
            Button("Đăng ký lại khai sinh", '/ask{"entry":"1.004884"}'),
            Button("Không phải các việc này", "/deny"),
        ],
    ),
    "cho tôi gặp ai đó với": reply("handed_over", "Đang gọi cán bộ."),
    "hồ sơ của tôi nộp lâu rồi mà chưa thấy gì": reply("dossier", "Anh/chị đọc mã.", asks="code"),
    "tôi muốn tố cáo cán bộ vòi tiền": reply("form", "Về việc gì?", form="complaint"),
    "đọc chậm giúp tôi với": reply("answered", "Đăng ký khai sinh ở xã.", pace="slow"),
    "có người gọi đòi mã OTP": reply("urgent", "Đừng đưa mã OTP cho ai."),
}  # fmt: skip


@pytest.mark.parametrize(("file", "written"), CALLS, ids=[f"{file}: {w['call']}" for file, w in CALLS])
async def test_call(file: str, written: dict[str, Any], hotline: Callable[..., Hotline]) -> None:
    await place(written, hotline, "+84912345678")


async def place(written: dict[str, Any], hotline: Callable[..., Hotline], caller: str) -> None:
    """Place one written call. caller: its number unless the call names another."""
    line = hotline(
        operators=tuple(written.get("operators", ())),
        speech=written.get("carrier") != "somleng",
        carrier_token=CARRIER_TOKEN,
    )
    line.conversation.said.update(SAID)
    with line.database.write() as session:
        notices.end(session, "pause")
        if "paused" in written:
            notices.put(session, "pause", written["paused"], "truong-ca")
    if "dossier" in written:
        line.keep_dossier(written["dossier"])
    number = written.get("from", caller)
    call = line.call(at=SHUT if written.get("closed") else OPEN, caller=number)
    await run_script(call, written["steps"])


def test_there_are_at_least_forty_calls() -> None:
    assert len(CALLS) >= 40


async def test_every_key_and_every_silence_is_in_some_call(
    hotline: Callable[..., Hotline], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: set[tuple[str, str]] = set()

    def noting(state: CallState, heard: Input, *rest: Any) -> CallStep:
        taken.add((state.name, heard.digits if isinstance(heard, Keys) else type(heard).__name__))
        return next_step(state, heard, *rest)

    monkeypatch.setattr("voice.stepping.next_step", noting)
    for number, (_, written) in enumerate(CALLS):
        await place(written, hotline, f"+8491{number:07d}")
    states = load_book().menu.states
    wanted = {(name, key) for name, state in states.items() if state.kind == "choice" for key in state.keys}
    wanted |= {(name, key) for name in ("groups", "entries") for key in "1234"}
    wanted |= {(name, key) for name in ("main", "answer") for key in "0*#9"}
    wanted |= {(name, "Silence") for name, state in states.items() if state.kind != "end"}
    missing = sorted(wanted - taken)
    assert not missing, " ".join(f"{state}:{key}" for state, key in missing)
