"""The supervisor, with real small processes: restarts, polite and forced ends, and what reaches the log."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from supervisor import Child, supervise

ENDS_POLITELY = """
import signal, sys, time, pathlib
def end(*_): pathlib.Path(sys.argv[1], "ended").touch(); sys.exit(0)
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1], "up").touch()
while True: time.sleep(0.05)
"""
REFUSES_TO_END = ENDS_POLITELY.replace("sys.exit(0)", "None")
DIES = """
import os, sys
with open(sys.argv[1] + "/starts", "a") as file: file.write(f"{os.getpid()}\\n")
print("one-time link")
print("went wrong", file=sys.stderr)
sys.exit(3)
"""
HAS_A_CHILD = """
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path(sys.argv[1], "grandchild").write_text(str(child.pid))
pathlib.Path(sys.argv[1], "up").touch()
child.wait()
"""


def child(folder: Path, program: str, **options: object) -> Child:
    command = (sys.executable, "-c", program, str(folder))
    return Child("small", command, folder / "log" / "small.log", back_off=(0.01, 0.02), **options)  # type: ignore[arg-type]


async def wait_for(path: Path, lines: int = 0) -> None:
    async with asyncio.timeout(20):
        while not path.exists() or len(path.read_text().splitlines()) < lines:
            await asyncio.sleep(0.02)


async def run_until(path: Path, process: Child, lines: int = 0, grace: float = 10.0) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(supervise([process], stop, grace))
    await wait_for(path, lines)
    stop.set()
    await asyncio.wait_for(running, 20)


async def test_a_dying_process_is_started_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await run_until(tmp_path / "starts", child(tmp_path, DIES), lines=3)
    starts = (tmp_path / "starts").read_text().split()
    assert len(set(starts)) == len(starts) >= 3
    assert "small ended (exit code 3); starting it again" in capsys.readouterr().out


async def test_only_standard_error_is_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await run_until(tmp_path / "starts", child(tmp_path, DIES), lines=2)
    assert set((tmp_path / "log" / "small.log").read_text().splitlines()) == {"went wrong"}
    assert "one-time link" in capsys.readouterr().out


async def test_output_is_written_down_when_wanted(tmp_path: Path) -> None:
    await run_until(tmp_path / "starts", child(tmp_path, DIES, log_output=True), lines=2)
    assert "one-time link" in (tmp_path / "log" / "small.log").read_text()


async def test_a_stop_ends_the_process_politely(tmp_path: Path) -> None:
    await run_until(tmp_path / "up", child(tmp_path, ENDS_POLITELY))
    assert (tmp_path / "ended").exists()


async def test_an_ailing_process_is_ended_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("supervisor.PROBE_SECONDS", 0.01)

    async def ailment(_pid: int) -> str | None:
        return "is ill" if (tmp_path / "up").exists() else None

    await run_until(tmp_path / "ended", child(tmp_path, ENDS_POLITELY, ailment=ailment))
    assert "small is ill; ending it" in capsys.readouterr().out


async def test_one_that_refuses_is_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await run_until(tmp_path / "up", child(tmp_path, REFUSES_TO_END), grace=0.2)
    assert "did not end within 0.2 s" in capsys.readouterr().out


async def test_grandchildren_end_too(tmp_path: Path) -> None:
    await run_until(tmp_path / "up", child(tmp_path, HAS_A_CHILD))
    grandchild = int((tmp_path / "grandchild").read_text())
    async with asyncio.timeout(20):
        while _alive(grandchild):
            await asyncio.sleep(0.02)


def _alive(pid: int) -> bool:
    """Whether the process still runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_stop_during_the_pause_is_not_waited_out(tmp_path: Path) -> None:
    process = Child("small", (sys.executable, "-c", DIES, str(tmp_path)), tmp_path / "small.log", back_off=(3600.0,))
    await run_until(tmp_path / "starts", process, lines=1)
    assert len((tmp_path / "starts").read_text().split()) == 1


async def test_a_killed_supervisor_takes_its_processes_along(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path; from supervisor import Child, supervise\n"
        "command = (sys.executable, '-c', *sys.argv[1:])\n"
        "asyncio.run(supervise([Child('small', command, Path(sys.argv[2], 'log'))], asyncio.Event()))"
    )
    command = (sys.executable, "-c", program, ENDS_POLITELY, str(tmp_path))
    supervisor = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    await wait_for(tmp_path / "up")
    os.kill(supervisor.pid, 9)
    await supervisor.wait()
    await wait_for(tmp_path / "ended")
