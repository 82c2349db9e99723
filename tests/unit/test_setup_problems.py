"""What a newcomer reads when the machine lacks something: one sentence that says what to do."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from setup import places, progress
from setup.environments import GATEWAY
from setup.problems import SetupError, explain, need_disk, need_port
from setup.system_packages import missing

FINDER = str(places.ROOT / "setup" / "python.sh")


def find_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", FINDER, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def interpreter(folder: Path, body: str) -> Path:
    folder.mkdir()
    program = folder / "python3.11"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


def test_missing_interpreter(tmp_path: Path) -> None:
    found = find_python("-c", "print('ran')", PATH=str(tmp_path), HOME=str(tmp_path))
    assert found.returncode == 1
    assert "Motcua needs Python 3.11" in found.stderr
    assert "MOTCUA_PYTHON=" in found.stderr


def test_unable_interpreter_is_passed_over_for_an_able_one(tmp_path: Path) -> None:
    interpreter(tmp_path / "broken", "exit 1")
    able = interpreter(tmp_path / "able", 'case "$2" in *ensurepip*) exit 0;; esac; echo "ran $1"')
    path = str(tmp_path / "broken")
    assert find_python("hello", PATH=path, HOME=str(tmp_path), MOTCUA_PYTHON=str(able)).stdout == "ran hello\n"
    assert find_python("hello", PATH=path, HOME=str(tmp_path)).returncode == 1


def test_busy_port_names_the_setting_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SetupError, match=rf"Port {port} is in use already.* RASA_PORT={port + 10} make serve"):
            need_port("RASA_PORT", port)
    need_port("RASA_PORT", port)


def test_full_disk_names_the_folder_and_another_way(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"Training needs 1000000\.0 GB in .*absent.*MOTCUA_CACHE=/path"):
        need_disk(tmp_path / "absent" / "deep", 1e6, "Training")
    need_disk(tmp_path, 0.0, "Training")


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk became full"),
        ("ERROR: No matching distribution found for torch==2.13.0", "package index"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "arrived broken"),
        ("Temporary failure in name resolution", "network failed"),
        ("ValueError: something else", "Installing failed"),
    ],
)
def test_a_failed_installation_is_explained_by_its_last_lines(line: str, advice: str) -> None:
    assert advice in explain(["Collecting torch", line], "Installing failed")


def test_a_failed_command_shows_its_last_lines_and_where_the_rest_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    with progress.step("try", "a test") as current, pytest.raises(SetupError, match=r"Trying failed .*setup\.log"):
        progress.run(current, ["sh", "-c", "echo first; echo last >&2; exit 3"], failed="Trying failed")
    shown = capsys.readouterr().out
    assert "• try: a test" in shown
    assert "last" in shown
    assert (tmp_path / "log" / "setup.log").read_text() == "first\nlast\n"


def test_a_long_step_shows_signs_of_life(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "HEARTBEAT_SECONDS", 0.01)
    with progress.step("encoder", "built once") as current:
        current.doing = "exporting"
        while "exporting" not in capsys.readouterr().out:
            os.sched_yield()


def test_environment_is_ready_only_when_its_marker_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_CACHE", str(tmp_path))
    places.cache.cache_clear()
    try:
        python = GATEWAY.folder / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.touch()
        assert not GATEWAY.ready
        (GATEWAY.folder / ".motcua-complete").touch()
        assert GATEWAY.ready
    finally:
        places.cache.cache_clear()


def test_missing_programs_are_found_by_name_or_pattern(tmp_path: Path) -> None:
    (tmp_path / "16").mkdir()
    (tmp_path / "16" / "server").touch()
    needed = {"shell": ("no-such-shell", "sh"), "server": (f"{tmp_path}/*/server",), "absent": ("no-such-program",)}
    assert missing(needed) == ["absent"]
