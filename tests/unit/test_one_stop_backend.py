"""The look-up at a one-stop system, against a real HTTP server that also misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from actions.backends import BackendError, Dossier
from actions.backends.breaker import Breaker
from actions.backends.one_stop import MAX_BYTES, OneStopBackend

CODE = "H00.14-261105-0012"
RECORD = {
    "MaHoSo": CODE,
    "TenThuTuc": "Đăng ký khai sinh",
    "TrangThaiHoSo": "Đang xử lý",
    "ChuHoSo": "Nguyễn Văn Mẫu",
    "NgayTiepNhan": "20261105093000",
    "NgayHenTra": "20261127170000",
    "NguoiXuLy": "Trần Thị Cán Bộ",
    "YKien": "thiếu chữ ký",
}


@dataclass
class System:
    """A one-stop system that answers with `status` and `body`, or hangs, or drips bytes, until `release` is set."""

    base: str
    status: int = 200
    body: bytes = b""
    hangs: bool = False
    drips: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def says(self, answer: Any, status: int = 200) -> None:
        self.status, self.body = status, json.dumps(answer).encode()


@pytest.fixture
def system() -> Iterator[System]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            state.calls.append({"path": self.path, **json.loads(sent)})
            if state.hangs:
                state.release.wait(10)
            self.send_response(state.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(state.body)))
            self.end_headers()
            for byte in state.body if state.drips else ():
                self.wfile.write(bytes([byte]))
                state.release.wait(0.05)
            self.wfile.write(b"" if state.drips else state.body)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the name is the library's
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = System(f"http://:the-key@127.0.0.1:{server.server_port}/api/")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield state
    state.release.set()
    server.shutdown()
    server.server_close()


async def find(system: System, code: str = CODE, timeout: float = 2.0) -> Dossier | None:
    backend = OneStopBackend(system.base, timeout=timeout)
    try:
        return await backend.find(code, "099900004826")
    finally:
        await backend.close()


FOUND = Dossier(
    4, procedure_title="Đăng ký khai sinh", received_on=date(2026, 11, 5), due_on=date(2026, 11, 27)
)  # fmt: skip


@pytest.mark.parametrize("answer", [RECORD, {"data": RECORD}, {"error_code": 0, "data": [RECORD]}, [RECORD]])
async def test_only_what_may_be_told_is_read_from_a_record(system: System, answer: Any) -> None:
    system.says(answer)
    assert await find(system) == FOUND
    sent = {"path": "/api/GetHoSoPublic", "MaHoSo": CODE, "SoDinhDanh": "099900004826", "SecretKey": "the-key"}
    assert system.calls == [sent]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, 200),
        ([], 200),
        ({"data": None, "error_code": 5, "message": "Sai số định danh"}, 200),
        ({"error_code": -1, "message": "Không có mã"}, 200),
        ({"message": "Không tồn tại"}, 404),
        ({"message": "Sai số định danh"}, 400),
        ({**RECORD, "MaHoSo": "H00.14-261105-0099"}, 200),
    ],
)
async def test_whatever_the_mistake_nothing_is_found(system: System, answer: Any, status: int) -> None:
    system.says(answer, status)
    assert await find(system) is None


async def test_a_sensitive_name_is_dropped_and_an_unknown_status_admitted(system: System) -> None:
    system.says(
        {**RECORD, "TenThuTuc": "Xác định mức độ khuyết tật", "TrangThaiHoSo": "Chờ sao chổi", "NgayHenTra": "?"}
    )
    assert await find(system) == Dossier(None, received_on=date(2026, 11, 5))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (503, b""),
        (401, b"{}"),
        (302, b""),
        (200, b"{not json"),
        (200, b"<html>"),
        (200, b"\xff\xfe"),
        (200, b'{"surprise": 1}'),
        (200, b'"text"'),
        (200, b" " * (MAX_BYTES + 1)),
    ],
)
async def test_a_broken_system_is_unavailable(system: System, status: int, body: bytes) -> None:
    system.status, system.body = status, body
    with pytest.raises(BackendError):
        await find(system)


async def test_a_slow_system_is_unavailable(system: System) -> None:
    system.hangs = True
    with pytest.raises(BackendError):
        await find(system, timeout=0.1)


async def test_a_system_that_drips_its_answer_is_unavailable(system: System) -> None:
    system.says(RECORD)
    system.drips = True
    with pytest.raises(BackendError):
        await find(system, timeout=0.3)


async def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(BackendError):
        await OneStopBackend("http://127.0.0.1:9", timeout=0.5).find(CODE, "099900004826")


async def test_a_failing_system_is_left_in_peace_and_found_again(system: System) -> None:
    time = [0.0]
    backend = OneStopBackend(system.base, breaker=Breaker(failures=2, rest=30, clock=lambda: time[0]))
    system.status = 500
    for _ in range(5):
        with pytest.raises(BackendError):
            await backend.find(CODE, "099900004826")
    assert len(system.calls) == 2
    time[0] = 31.0
    with pytest.raises(BackendError):
        await backend.find(CODE, "099900004826")
    with pytest.raises(BackendError):
        await backend.find(CODE, "099900004826")
    assert len(system.calls) == 3
    time[0] = 62.0
    system.says(RECORD)
    assert await backend.find(CODE, "099900004826") == FOUND
    assert await backend.find(CODE, "099900004826") == FOUND
    await backend.close()


async def test_a_wrong_number_does_not_open_the_breaker(system: System) -> None:
    backend = OneStopBackend(system.base, breaker=Breaker(failures=1))
    system.says(None, 404)
    for _ in range(3):
        assert await backend.find(CODE, "099900000000") is None
    await backend.close()
