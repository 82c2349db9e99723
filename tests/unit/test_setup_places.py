"""Keys, links and the shared cache of set-up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from setup import places


@pytest.fixture(autouse=True)
def forgetful_cache() -> Iterator[None]:
    places.cache.cache_clear()
    yield
    places.cache.cache_clear()


def test_key_changes_with_content_name_and_facts(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("one")
    first = places.digest([tmp_path])
    assert places.digest([tmp_path]) == first
    assert places.digest([tmp_path], "encoder") != first
    (tmp_path / "a.yml").write_text("two")
    second = places.digest([tmp_path])
    assert second != first
    (tmp_path / "a.yml").rename(tmp_path / "b.yml")
    assert places.digest([tmp_path]) not in (first, second)


def test_key_ignores_compiled_files_and_what_is_absent(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one")
    key = places.digest([tmp_path])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    assert places.digest([tmp_path, tmp_path / "absent.yml"]) == key


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"MOTCUA_CACHE": "chosen"}, "chosen"),
        ({"XDG_CACHE_HOME": "xdg"}, "xdg/motcua"),
        ({"HOME": "home"}, "home/.cache/motcua"),
    ],
)
def test_cache_is_chosen_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name in ("MOTCUA_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, folder in environment.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    assert places.cache() == tmp_path / expected
    assert places.cache().is_dir()


def test_cache_moves_into_the_clone_when_it_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOTCUA_CACHE", str(tmp_path / "file" / "below"))
    assert places.cache() == places.ROOT / "var" / "cache"


def test_link_is_replaced_and_a_real_folder_kept_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "mine").touch()
    for target in ("first", "second", "second"):
        (tmp_path / target).mkdir(exist_ok=True)
        places.link(".venv", tmp_path / target)
    assert (tmp_path / ".venv").readlink() == tmp_path / "second"
    assert (tmp_path / ".venv.old" / "mine").exists()


def test_settings_needed_early_come_from_the_environment_then_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.delenv("PORT", raising=False)
    assert places.setting("PORT", "8000") == "8000"
    (tmp_path / ".env").write_text('# port\nPORT="8100"\nVAR_DIR=\n')
    assert places.setting("PORT", "8000") == "8100"
    assert places.setting("VAR_DIR", "var") == "var"
    monkeypatch.setenv("PORT", "8200")
    assert places.setting("PORT", "8000") == "8200"
