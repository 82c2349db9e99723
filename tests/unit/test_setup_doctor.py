"""What `make doctor` says of a running system and of its stores, against real listeners."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from setup import doctor
from setup.problems import SetupError


@contextmanager
def answering(code: int, body: bytes = b"{}") -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_gateway_ready_not_ready_and_not_running() -> None:
    with answering(200) as port:
        assert "is ready" in doctor.gateway_answers(port)
    with answering(503, b'{"snapshot": "loading"}') as port, pytest.raises(SetupError, match=r'"snapshot": "loading"'):
        doctor.gateway_answers(port)
    assert "is not running" in doctor.gateway_answers(closed_port())


def test_rasa_down_is_wrong_only_while_the_gateway_runs() -> None:
    with answering(200) as port:
        assert "answers" in doctor.rasa_answers(port, closed_port())
        with pytest.raises(SetupError, match=r"still loading.*rasa\.log"):
            doctor.rasa_answers(closed_port(), port)
    assert "is not running" in doctor.rasa_answers(closed_port(), closed_port())


def test_database_and_redis_that_do_not_answer(tmp_path: Path) -> None:
    assert "answers" in doctor.database_reachable(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(SetupError, match=r"motcua:\*\*\*@127.* check DATABASE_URL"):
        doctor.database_reachable(f"postgresql+psycopg://motcua:secret@127.0.0.1:{closed_port()}/motcua")
    with pytest.raises(SetupError, match="check REDIS_URL"):
        doctor.redis_reachable(f"redis://127.0.0.1:{closed_port()}/0")


def test_a_missing_model_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="run `make train`"):
        doctor.model_current("encoder", tmp_path / "absent")
    assert "up to date" in doctor.model_current("encoder", tmp_path)


def test_one_wrong_check_fails_the_whole(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def wrong() -> str:
        raise SetupError("Redis cannot be reached")

    monkeypatch.setattr(doctor, "checks", lambda: iter([lambda: "the disk is roomy", wrong]))
    assert doctor.main() == 1
    assert capsys.readouterr().out == "✓ the disk is roomy\n✗ Redis cannot be reached\n"
