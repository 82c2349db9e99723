"""Snapshots reach replicas on other machines through the PostgreSQL they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.publish import LiveSnapshot, Press, publish, rollback
from knowledge.seeding import load_seed, sync
from knowledge.unattended import up_to_date
from knowledge.vector_cache import VectorCache
from store.engine import Database
from tests.conftest import MIGRATED
from tests.servers import Postgres, temporary_database

CHOSEN = ("1.001193", "1.000894", "1.000656", "faq-001")
QUESTION = "lam giay khai sinh cho con can gi"


@pytest.fixture
def server_database(postgres: Postgres) -> Iterator[Database]:
    with temporary_database(postgres, MIGRATED) as url:
        database = Database(url)
        with database.write() as session:
            sync(session, [entry for entry in load_seed() if entry.id in CHOSEN])
        yield database
        database.close()


@pytest.fixture
def machine(server_database: Database, cache: VectorCache, tmp_path: Path) -> Callable[[str], Press]:
    """The press of a machine with an empty disk."""

    def made(name: str) -> Press:
        return Press(server_database, tmp_path / name, cache)

    return made


def test_a_machine_with_an_empty_disk_answers_as_the_one_that_published(machine: Callable[[str], Press]) -> None:
    here, there = machine("here"), machine("there")
    done = publish(here, "test")
    replicas = [LiveSnapshot(press) for press in (here, there)]
    assert [replica.refresh() for replica in replicas] == [True, True]
    assert {replica.number for replica in replicas} == {done.number}
    found = [replica.current.retriever.search(QUESTION) for replica in replicas]
    assert found[0].candidates == found[1].candidates
    assert found[1].candidates[0].entry == "1.001193"


def test_a_second_machine_builds_nothing_and_can_roll_back(machine: Callable[[str], Press]) -> None:
    here, there = machine("here"), machine("there")
    first = publish(here, "test")
    assert up_to_date(there) == replace(first, built=False, report={})
    with here.database.write() as session:
        sync(session, [entry for entry in load_seed() if entry.id == "faq-151"])
    second = publish(here, "test")
    replica = LiveSnapshot(there)
    replica.refresh()
    assert replica.number == second.number
    assert rollback(machine("third"), "test") == first.number
    assert replica.refresh()
    assert replica.number == first.number


def test_half_of_a_fetched_snapshot_is_never_seen(
    machine: Callable[[str], Press], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = machine("here"), machine("there")
    publish(here, "test")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    replica = LiveSnapshot(there)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stop)
        with pytest.raises(KeyboardInterrupt):
            replica.refresh()
    assert replica.number == 0
    assert replica.refresh()
