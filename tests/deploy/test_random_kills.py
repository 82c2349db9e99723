"""Five random SIGKILLs under load; `make bench S=kill` makes it two hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.ordeal import Ordeal
from tests.servers import Postgres, Redis

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]


def test_nothing_acknowledged_is_lost_or_answered_twice(tmp_path: Path) -> None:
    with Postgres() as postgres, Redis() as redis:
        outcome = Ordeal(tmp_path, postgres, redis).run(kills=5)
    assert sum(outcome.kills.values()) == 5
    assert outcome.acknowledged > 0
    assert outcome.zalo > 0
    assert (outcome.lost, outcome.doubled, outcome.left, outcome.zalo_lost) == (0, 0, 0, 0)
