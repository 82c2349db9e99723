"""Every call of `calls/*.yml`, through the simulated carrier and the real webhooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.messages import Button
from tests.voice.telephone import CARRIER_TOKEN, OPEN, SHUT, Hotline, reply
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
    line = hotline(
        operators=tuple(written.get("operators", ())),
        speech=written.get("carrier") != "somleng",
        carrier_token=CARRIER_TOKEN,
    )
    line.conversation.said.update(SAID)
    if "dossier" in written:
        line.keep_dossier(written["dossier"])
    caller = written.get("from", "+84912345678")
    call = line.call(at=SHUT if written.get("closed") else OPEN, caller=caller)
    await run_script(call, written["steps"])


def test_there_are_at_least_forty_calls() -> None:
    assert len(CALLS) >= 40
