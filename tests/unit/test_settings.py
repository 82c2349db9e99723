"""Settings: `.env.example` stays true, lists are split, the key is made once and only its owner can read it."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from settings import ROOT, MissingKeyError, Settings, vectors_file

EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def defaults() -> Settings:
    return Settings(_env_file=None)


def as_written(value: object) -> str:
    if value is None:
        return ""
    return ",".join(value) if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize("name", sorted({*EXAMPLE, *(name.upper() for name in Settings.model_fields)}))
def test_the_example_lists_every_setting_with_its_default(name: str) -> None:
    assert EXAMPLE[name] == as_written(getattr(defaults(), name.lower()))


def test_an_unchanged_copy_of_the_example_changes_nothing() -> None:
    assert Settings(_env_file=ROOT / ".env.example") == defaults()


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_NUMBERS", "+84240000001, +84240000002")
    assert defaults().operator_numbers == ("+84240000001", "+84240000002")


def test_public_address_follows_the_port_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    assert defaults().base_url == "http://127.0.0.1:8123"
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://hoi.example.vn/")
    assert defaults().base_url == "https://hoi.example.vn"


def test_database_follows_var_dir_unless_set(tmp_path: Path) -> None:
    assert Settings(_env_file=None, var_dir=tmp_path).database == f"sqlite:///{tmp_path}/motcua.db"


def test_a_short_secret_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(ValidationError, match="secret_key"):
        defaults()


@pytest.mark.parametrize(
    "shared", [{"database_url": "postgresql+psycopg://db/motcua"}, {"redis_url": "redis://cache:6379/0"}]
)
def test_replicas_do_not_start_without_a_key_in_common(tmp_path: Path, shared: dict[str, str]) -> None:
    settings = Settings(_env_file=None, var_dir=tmp_path, **shared)  # type: ignore[arg-type]
    with pytest.raises(MissingKeyError, match="SECRET_KEY"):
        settings.key()
    assert list(tmp_path.iterdir()) == []
    with_key = Settings(_env_file=None, var_dir=tmp_path, secret_key="k" * 32, **shared)  # type: ignore[arg-type]
    assert with_key.key() == "k" * 32


def test_processes_starting_together_get_the_same_key(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, var_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.key(), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]
    assert settings.rasa_token != settings.key()


def test_vectors_are_shared_where_set_up_made_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("settings.ROOT", tmp_path)
    assert vectors_file(tmp_path / "var") == tmp_path / "var" / "cache" / "vectors.db"
    (tmp_path / "models" / "vectors").mkdir(parents=True)
    assert vectors_file(tmp_path / "var") == tmp_path / "models" / "vectors" / "vectors.db"
