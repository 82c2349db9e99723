"""A whole conversation full of personal values against the running Motcua: none of them is in anything it wrote.

Looked at: Rasa's tracker, every file of the store, the logs of both processes.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.privacy import find
from tests.running import Running

SAID = (
    "chào bạn, tôi tên là Nguyễn Văn Kiểm, căn cước 079190000123",
    "nhà tôi số 12 đường Trần Phú, phường Ninh Kiều, làm giấy khai sinh cho con cần gì",
    "tra giúp hồ sơ H56.14-240823-0457",
    "bốn số cuối là bảy ba bốn sáu",
    "gọi lại cho tôi số 0918 273 645, thư kiem.thu@example.vn",
    "so tai khoan 0011001234567, xe bien so 65a-123.45, ho chieu C1234567",
    "tôi muốn gặp cán bộ",
    "dạ số của em là không chín một tám hai bảy ba sáu bốn sáu ạ",
    "mã số thuế 0312345678, sinh ngày 12/3/1990, thẻ bhyt DN4010123456789",
)
FINDS = [(text, f) for text in SAID for f in find(text)]
VALUES = {text[f.start : f.end] for text, f in FINDS} | {f.value for _, f in FINDS}
pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("motcua")]


@pytest.fixture(scope="module")
def conversation(motcua: Running) -> str:
    """The id of a conversation in which everything of the script was said."""
    chat = motcua.chat()
    for text in SAID:
        assert chat.say(text)["messages"]
    return str(chat.last["conversation_id"])


def rows(database: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query of a SQLite file gives."""
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(query, values).fetchall()


def kept_in(files: list[Path]) -> set[str]:
    """Which values of the script stand in the bytes of the files, but for four digits, which stand in any file."""
    assert files
    written = b"".join(path.read_bytes() for path in files)
    spellings = {
        value: (value.encode(), value.encode("ascii", "backslashreplace")) for value in VALUES if len(value) > 4
    }
    return {value for value, forms in spellings.items() if any(form in written for form in forms)}


def test_the_script_names_every_sort_that_the_requirement_names() -> None:
    kinds = {f.kind for _, f in FINDS}
    assert {"cccd", "phone", "dossier", "email", "name", "address", "account", "plate", "digits4"} <= kinds


def test_not_in_the_tracker(motcua: Running, conversation: str) -> None:
    trackers = motcua.var / "trackers.db"
    events = [
        json.loads(data) for (data,) in rows(trackers, "SELECT data FROM events WHERE sender_id = ?", conversation)
    ]
    heard = [event["text"] for event in events if event["event"] == "user" and event.get("text")]
    assert sum("⟦" in text for text in heard) >= len(SAID) - 2
    assert [value for value in VALUES for text in heard if value in text] == []
    assert kept_in(sorted(motcua.var.glob("trackers.db*"))) == set()


def test_not_in_the_store(motcua: Running, conversation: str) -> None:
    store = motcua.var / "motcua.db"
    turns = rows(store, "SELECT text || messages || details FROM turns WHERE conversation_id = ?", conversation)
    waiting = rows(store, "SELECT sealed, state FROM inbox WHERE conversation_id = ?", conversation)
    sealed = rows(store, "SELECT kind, number FROM sealed_values WHERE conversation_id = ?", conversation)
    assert len(turns) == 2 * len(SAID)
    assert [value for value in VALUES for (text,) in turns if value in text] == []
    assert waiting == [(None, "done")] * len(SAID)
    assert len(sealed) >= len({(f.kind, f.value) for _, f in FINDS})
    assert kept_in(sorted(motcua.var.glob("motcua.db*"))) == set()


def test_not_in_the_logs(motcua: Running, conversation: str) -> None:
    assert kept_in([*motcua.var.glob("log/*.log*"), *motcua.var.glob("*.log")]) == set()
