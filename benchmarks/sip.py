"""Two calls over real SIP and RTP on loopback, with keys and with speech first: door, softphone, what was heard.

Both sides use the library of requirements/sip.lock, put in a folder of its own. What was heard is compared with the
sound that the gateway's own synthesis makes of the words a text-only call hears.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from scipy.signal import fftconvolve
from sqlalchemy import select

from actions.demo_dossiers import demo_rows
from store.calls import CallRow
from store.engine import Database
from tests.running import ROOT, Running
from voice.media.espeak import Espeak
from voice.media.sound import resampled, to_wav
from voice.simulator.carrier import Account, SimulatedCall

OPEN = "2026-11-23T09:00:00+07:00"
LIBRARY = ROOT / "var" / "cache" / "sip"
CALLER_VOICE = "vi-vn-x-south"
WISH = "hồ sơ của tôi"
ALIKE, MOST_OF_IT = 0.8, 0.7
PIECE, QUIET = 3200, 300
DOOR_SECONDS = 20.0


def run() -> dict[str, Any]:
    """Start Motcua and the door, place both calls. A machine without the library or the network measures nothing."""
    if not (LIBRARY / "pjsua2").is_dir():
        install = ["pip", "install", "-q", "--target", str(LIBRARY), "-r", str(ROOT / "requirements" / "sip.lock")]
        if subprocess.run([sys.executable, "-m", *install], check=False).returncode != 0:
            return {"not measured": "pjsua2-python of requirements/sip.lock cannot be installed here"}
    with tempfile.TemporaryDirectory() as folder:
        running = Running(Path(folder))
        running.prepare()
        running.start()
        try:
            return _calls(running, Path(folder))
        finally:
            running.stop()


def _calls(running: Running, folder: Path) -> dict[str, Any]:
    environment = running.environment | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(LIBRARY)])}
    port = _free_udp_port()
    door = subprocess.Popen(
        [sys.executable, "-m", "voice.sip", "--port", str(port), "--at", OPEN],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert door.stdout is not None
        door.stdout.readline()
        address = f"sip:hotline@127.0.0.1:{port}"
        return {
            "keys": _call(running, environment, address, folder, ""),
            f"speech ({WISH}), then keys": _call(running, environment, address, folder, WISH),
        }
    finally:
        door.terminate()
        door.wait(DOOR_SECONDS)


def _dial(environment: dict[str, str], address: str, folder: Path, acts: list[str]) -> dict[str, Any]:
    """Place a call and go through it; the packets that were counted."""
    folder.mkdir()
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks._sip_caller", address, str(folder), *acts],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    counted: dict[str, Any] = json.loads(told.stdout.strip().splitlines()[-1])
    return counted


def _call(running: Running, environment: dict[str, str], address: str, folder: Path, wish: str) -> dict[str, Any]:
    """Ask how a dossier stands. wish: said at the main menu; without one its key is pressed."""
    row = next(r for r in demo_rows() if r["status"] == 4 and r["code"].startswith("H00.14-"))
    digits = "".join(c for c in row["code"] if c.isdigit())[2:]
    keys = ["1", "1", f"{digits}#", "1", row["applicant"][-4:]]
    acts = [str(_wav(folder, wish)), *keys[1:]] if wish else keys
    begun = time.monotonic()
    packets = _dial(environment, address, folder / (wish or "keys"), acts)
    length = time.monotonic() - begun
    heard = [_sound(folder / (wish or "keys") / f"{n}.wav") for n in range(len(acts) + 1)]
    expected = asyncio.run(_expected(running, keys))
    found = [round(likeness(part, _spoken(words)), 2) for part, words in zip(heard, expected, strict=True)]
    return {
        "every prompt was the right one": all(f >= MOST_OF_IT for f in found), "share of each prompt found": found,
        "recorded outcome": _outcome(running), "seconds": round(length, 1), "packets": packets,
    }  # fmt: skip


def _wav(folder: Path, words: str) -> Path:
    """The words in a voice that is not the hotline's own."""
    samples, rate = Espeak(CALLER_VOICE).render(words, slow=True)
    path = folder / "wish.wav"
    path.write_bytes(to_wav(resampled(samples, rate, 8000), 8000))
    return path


async def _expected(running: Running, acts: list[str]) -> list[str]:
    """The first line that a text-only call hears after each act."""
    account = Account(running.base, (running.var / "simulator_token").read_text(), at=OPEN)
    async with httpx.AsyncClient(base_url=running.base, trust_env=False, timeout=30) as http:
        call = SimulatedCall(http, account, "+84912345678")
        await call.begin()
        expected = [call.heard[0].text]
        for keys in acts:
            call.forget()
            await call.press(keys)
            expected.append(call.heard[0].text)
        await call.hang_up()
    return expected


def _outcome(running: Running) -> str:
    database = Database(f"sqlite:///{running.var / 'motcua.db'}")
    with database.read() as session:
        call = session.scalars(select(CallRow).order_by(CallRow.started_at.desc()).limit(1)).first()
        outcome = f"{call.outcome}, left at {call.left_at}" if call else "none"
    database.close()
    return outcome


def _spoken(words: str) -> np.ndarray:
    samples, rate = Espeak().render(words, slow=False)
    return resampled(samples, rate, 8000).astype(np.float64)


def _sound(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float64)


def likeness(heard: np.ndarray, said: np.ndarray) -> float:
    """The share of `said`, in pieces of 0.4 s, that is found somewhere in `heard`; packets may come unevenly."""
    pieces = [said[at : at + PIECE] for at in range(0, len(said) - PIECE + 1, PIECE)]
    voiced = [piece for piece in pieces if np.abs(piece).mean() > QUIET]
    found = [piece for piece in voiced if _peak(heard, piece) >= ALIKE]
    return len(found) / len(voiced) if voiced else 0.0


def _peak(heard: np.ndarray, piece: np.ndarray) -> float:
    if len(heard) < len(piece):
        return 0.0
    dot = fftconvolve(heard, piece[::-1], mode="valid")
    energy = fftconvolve(heard**2, np.ones(len(piece)), mode="valid").clip(min=1.0)
    return float((dot / np.sqrt(energy * np.dot(piece, piece))).max())


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
