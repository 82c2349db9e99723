"""Fixtures of the telephone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.crypto import Vault
from store.engine import Database
from tests.voice.telephone import Hotline


@pytest.fixture
def hotline(database: Database, vault: Vault, tmp_path: Path) -> Callable[..., Hotline]:
    """Makes a hotline with the given operators and carrier, over one store."""

    def make(**settings: Any) -> Hotline:
        return Hotline(database, vault, tmp_path / "recordings", **settings)

    return make
