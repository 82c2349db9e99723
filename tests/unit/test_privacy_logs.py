"""No personal value of a scripted conversation reaches a log line, whatever it is logged as and by whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import configure_logs
from bot.privacy import PLACEHOLDER, find, mask

SCRIPT = (
    "Tôi tên là Nguyễn Văn Kiểm, căn cước 079190000123, sinh ngày 12/3/1990",
    "nhà tôi số 12 đường Trần Phú, phường Ninh Kiều, số máy 0901 234 567, thư kiem.thu@example.vn",
    "hồ sơ H56.14-240823-0001, bốn số cuối là một hai ba bốn",
    "so tai khoan 0011001234567, xe bien so 65a-123.45, ho chieu C1234567",
    "dạ số của em là không chín một tám hai bảy ba sáu bốn năm ạ",
)
VALUES = [text[f.start : f.end] for text in SCRIPT for f in find(text)] + [f.value for t in SCRIPT for f in find(t)]


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Logs as the gateway sets them up, put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The log lines written since the test began; nothing of the script stands in them."""
    written = captured.readouterr()
    assert written.out == ""
    assert [value for value in VALUES if value in written.err] == []
    return [json.loads(line) for line in written.err.splitlines()]


def test_the_script_holds_what_the_test_looks_for() -> None:
    assert len({f.kind for text in SCRIPT for f in find(text)}) == 11


def test_our_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    log = structlog.get_logger()
    for text in SCRIPT:
        log.info(text, text=text, nested={"said": [text, (text,)], text: 1}, raw=text.encode(), set={text})
    assert len(lines(capsys)) == len(SCRIPT)


def test_context_that_is_bound_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    with structlog.contextvars.bound_contextvars(caller="0901 234 567"):
        structlog.get_logger().warning("busy")
    assert lines(capsys)[0]["caller"] == "⟦phone:0⟧"


def test_numbers_that_are_not_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    structlog.get_logger().info("counted", phone=84901234567, milliseconds=2500, share=0.25, dry=True, none=None)
    line = lines(capsys)[0]
    assert line["phone"] == "⟦phone:0⟧"
    assert (line["milliseconds"], line["share"], line["dry"], line["none"]) == (2500, 0.25, True, None)


def test_lines_and_tracebacks_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    library = logging.getLogger("somebody.else")
    for text in SCRIPT:
        library.warning("could not send %r to %s", text, {"to": text})
        try:
            raise ValueError(text)
        except ValueError:
            library.exception("failed")
            structlog.get_logger().exception("failed", text=text)
    assert all("Traceback" in line["exception"] for line in lines(capsys) if line["event"] == "failed")


def test_errors_of_the_database_do_not_show_their_parameters(database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    from sqlalchemy import text as sql

    try:
        with database.write() as session:
            session.execute(sql("INSERT INTO nowhere VALUES (:said)"), {"said": SCRIPT[0]})
    except Exception:
        structlog.get_logger().exception("not stored")
    assert "hidden" in lines(capsys)[0]["exception"]


def test_identifiers_and_placeholders_stay_readable(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("INFO")
    conversation = "kX0-9aB_7cD2eF4gH6iJ8k"
    structlog.get_logger().info("answered", conversation=conversation, entry="1.001193", text="gọi ⟦phone:1⟧")
    line = lines(capsys)[0]
    assert (line["conversation"], line["entry"], line["text"]) == (conversation, "1.001193", "gọi ⟦phone:1⟧")


def test_masking_a_script_leaves_placeholders_only() -> None:
    masked = [mask(text, lambda kind, value: 1) for text in SCRIPT]
    assert sum(len(PLACEHOLDER.findall(text)) for text in masked) == len(VALUES) // 2
    assert [value for value in VALUES for text in masked if value in text] == []
