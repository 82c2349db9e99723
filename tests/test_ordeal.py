"""Short forms of two benchmarks, in every run of the tests: processes killed under load, and hostile requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.fuzz import Fuzzer
from tests.load.ordeal import Ordeal
from tests.running import Running
from tests.servers import Postgres, Redis

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(900)]
KILLS = 5
REQUESTS = 2_000


def test_what_was_acknowledged_survives_the_death_of_any_process(tmp_path: Path) -> None:
    with Postgres() as postgres, Redis() as redis:
        outcome = Ordeal(tmp_path, postgres, redis).run(KILLS)
    assert sum(outcome.kills.values()) == KILLS
    assert set(outcome.kills) == {"gateway", "rasa", "postgres", "redis"}
    assert outcome.acknowledged > 0
    assert (outcome.lost, outcome.doubled, outcome.left, outcome.zalo_lost) == (0, 0, 0, 0)


def test_no_hostile_request_breaks_anything(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.prepare()
    running.start()
    fuzzer = Fuzzer(running)
    try:
        tally = fuzzer.run(REQUESTS)
        asked = running.chat().say("Đăng ký khai sinh cần giấy tờ gì?")
    finally:
        fuzzer.close()
        running.stop()
    assert tally.requests >= REQUESTS
    assert tally.broken == []
    assert asked["status"] == "answered"
