"""A better model of the dialogue is taken into use while everything runs, and citizens are answered on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from console.training import SHIPPED, key_of
from settings import Settings
from store.engine import Database
from store.unanswered import TrainingRow
from tests.running import Running

pytestmark = [pytest.mark.rasa, pytest.mark.slow]


@pytest.fixture
def better(motcua: Running) -> Iterator[TrainingRow]:
    """A training of the shipped model that turned out better; its archive is the shipped one."""
    database = Database(f"sqlite:///{motcua.var / 'motcua.db'}")
    with database.write() as session:
        base = key_of(SHIPPED.resolve())
        row = TrainingRow(state="better", base=base, started_by="test", model=SHIPPED.read_bytes())
        session.add(row)
    yield row
    with database.write() as session:
        session.delete(session.get_one(TrainingRow, row.id))
    database.close()


def _model_in_rasa(motcua: Running) -> str:
    token = Settings(_env_file=None, var_dir=motcua.var).rasa_token
    address = f"http://127.0.0.1:{motcua.environment['RASA_PORT']}/status"
    try:
        return str(httpx.get(address, params={"token": token}, timeout=60, trust_env=False).json()["model_file"])
    except httpx.TransportError:
        return ""


def test_a_better_model_is_used_while_citizens_are_answered(motcua: Running, better: TrainingRow) -> None:
    until = time.monotonic() + 240
    while f"training-{better.id}.tar.gz" not in _model_in_rasa(motcua):
        assert time.monotonic() < until
        time.sleep(0.5)
    assert motcua.chat().say("Làm giấy khai sinh cho con cần gì?")["status"] == "answered"
