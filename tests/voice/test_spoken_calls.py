"""Calls whose words go through the whole of Motcua, and the simulator's own command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import ROOT, Running

pytestmark = [pytest.mark.rasa, pytest.mark.xdist_group("motcua")]
SCRIPT = Path(__file__).parent / "spoken" / "calls.yml"


def simulator(motcua: Running, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice.simulator", *arguments],
        cwd=ROOT, env=motcua.environment, input=typed, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_every_spoken_call(motcua: Running) -> None:
    done = simulator(motcua, "--script", str(SCRIPT))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == SCRIPT.read_text("utf-8").count("- call:")


def test_a_call_from_the_terminal(motcua: Running) -> None:
    done = simulator(motcua, typed="4\n2\n/gac\n")
    assert "Tổng đài tự động" in done.stdout
    assert "bảy giờ rưỡi" in done.stdout
    assert "đã kết thúc" in done.stdout


def test_a_script_that_is_not_met_fails(motcua: Running, tmp_path: Path) -> None:
    script = tmp_path / "call.yml"
    script.write_text("- call: Sai\n  steps:\n    - hears: [không ai nói câu này]\n", "utf-8")
    done = simulator(motcua, "--script", str(script))
    assert done.returncode == 1
    assert "không ai nói câu này" in done.stdout


def test_without_a_hotline_it_says_what_to_do(tmp_path: Path) -> None:
    empty = subprocess.run(
        [sys.executable, "-m", "voice.simulator"],
        cwd=ROOT, env=os.environ | {"VAR_DIR": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert empty.returncode == 1
    assert "make serve" in empty.stderr
