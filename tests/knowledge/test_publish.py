"""Publishing on a small knowledge base: immutable numbers, validity, gate, rollback, interruption, following."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge import publish as publishing
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.publish import LiveSnapshot, Press, PublicationRefusedError, publish, rollback
from knowledge.seeding import load_seed, sync
from knowledge.snapshot import SnapshotMismatchError
from knowledge.unattended import publish_if_needed, up_to_date
from knowledge.vector_cache import VectorCache
from store import migrate
from store.engine import Database

CHOSEN = {"1.001193", "1.000894", "1.000656", "1.004873", "1.001456", "3.000347", "1.004194", "faq-001", "faq-151"}
SEED = [entry for entry in load_seed() if entry.id in CHOSEN]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def press(database: Database, cache: VectorCache, tmp_path: Path) -> Press:
    seed(database, SEED)
    return Press(database, tmp_path / "snapshots", cache)


def seed(database: Database, entries: list[Procedure | Faq]) -> None:
    with database.write() as session:
        sync(session, entries)


def changed(entry: Procedure | Faq, **fields: object) -> Procedure | Faq:
    return ENTRY.validate_python(ENTRY.dump_python(entry) | fields)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_published_entries_answer_questions(press: Press) -> None:
    done = publish(press, "test")
    live = LiveSnapshot(press)
    assert live.refresh()
    assert live.number == done.number
    assert set(live.current.entries) == {entry.id for entry in SEED}
    found = live.current.retriever.search("lam giay khai sinh cho con can gi")
    assert found.candidates[0].entry == "1.001193"
    assert found.aspects[0][0] == "documents"
    assert 0.0 <= found.probability <= 1.0


def test_a_snapshot_for_other_features_is_not_read_and_does_not_stop_the_next(press: Press) -> None:
    of_another_program(press, publish(press, "test").number)
    with pytest.raises(SnapshotMismatchError, match="publish again"):
        LiveSnapshot(press).refresh()
    publish(press, "test")
    assert LiveSnapshot(press).refresh()


def test_the_same_again_builds_nothing(press: Press) -> None:
    first = publish(press, "test")
    again = up_to_date(press)
    assert again is not None
    assert (again.number, again.built) == (first.number, False)


def test_a_new_snapshot_leaves_the_old_one_as_it_was(press: Press, database: Database) -> None:
    first = publish(press, "test")
    before = tree(press.folder / str(first.number))
    seed(database, [changed(SEED[0], title="Một tên khác hẳn")])
    assert up_to_date(press) is None
    second = publish(press, "test")
    assert second.number > first.number
    assert tree(press.folder / str(first.number)) == before


def test_replicas_follow_a_switch_and_a_rollback(press: Press, database: Database) -> None:
    first = publish(press, "test")
    replica = LiveSnapshot(press)
    replica.refresh()
    seed(database, [changed(SEED[0], title="Một tên khác hẳn")])
    second = publish(press, "test")
    assert replica.refresh()
    assert replica.number == second.number
    assert rollback(press, "test") == first.number
    assert replica.refresh()
    assert replica.current.entries[SEED[0].id].title == SEED[0].title
    assert not replica.refresh()


def of_another_program(press: Press, number: int) -> None:
    manifest = press.folder / str(number) / "manifest.json"
    manifest.write_text(manifest.read_text().replace("margin", "gap"))


def title(press: Press) -> str:
    replica = LiveSnapshot(press)
    replica.refresh()
    return replica.current.entries[SEED[0].id].title


def test_what_was_rolled_back_is_not_published_by_a_start(press: Press, database: Database) -> None:
    first = publish(press, "test")
    seed(database, [changed(SEED[0], title="Một tên khác hẳn")])
    publish(press, "test")
    rollback(press, "test")
    kept = publish_if_needed(press, "test")
    assert (kept.number, kept.built, kept.held) == (first.number, False, True)
    assert title(press) == SEED[0].title
    publish(press, "test")
    assert title(press) == "Một tên khác hẳn"
    assert not publish_if_needed(press, "test").held


def test_a_new_program_builds_what_was_rolled_back_to_and_holds_the_rest_back(press: Press, database: Database) -> None:
    first = publish(press, "test")
    seed(database, [changed(SEED[0], title="Một tên khác hẳn")])
    publish(press, "test")
    rollback(press, "test")
    of_another_program(press, first.number)
    again = publish_if_needed(press, "test")
    assert (again.built, title(press)) == (True, SEED[0].title)
    after = publish_if_needed(press, "test")
    assert (after.number, after.held) == (again.number, True)


def test_no_snapshot_of_another_program_is_rolled_back_to(press: Press, database: Database) -> None:
    of_another_program(press, publish(press, "test").number)
    publish(press, "test")
    with pytest.raises(LookupError):
        rollback(press, "test")


def test_without_an_earlier_snapshot_there_is_nothing_to_roll_back(press: Press) -> None:
    publish(press, "test")
    with pytest.raises(LookupError):
        rollback(press, "test")


@pytest.mark.parametrize("step", ["build", "save_snapshot", "switch"])
def test_an_interrupted_publish_leaves_the_old_one_live(
    press: Press, database: Database, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first = publish(press, "test")
    seed(database, [changed(SEED[0], title="Một tên khác hẳn")])

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, step, stop)
        with pytest.raises(KeyboardInterrupt):
            publish(press, "test")
    replica = LiveSnapshot(press)
    replica.refresh()
    assert replica.number == first.number
    assert publish(press, "test").number > first.number


def test_a_regression_is_refused_by_name(press: Press, database: Database) -> None:
    first = publish(press, "test")
    question = SEED[0].examples[0]
    thieves = [changed(SEED[1], id=f"local-{n}", examples=[question], common_names=[question]) for n in range(901, 905)]
    seed(database, thieves)
    with pytest.raises(PublicationRefusedError) as refused:
        publish(press, "test")
    assert question in {broken.question for broken in refused.value.broken}
    replica = LiveSnapshot(press)
    replica.refresh()
    assert replica.number == first.number
    held = publish_if_needed(press, "test")
    assert (held.number, held.held) == (first.number, True)


def test_a_law_of_tomorrow_is_answered_from_its_day_on(press: Press, database: Database) -> None:
    old, new = SEED[0], SEED[1]
    seed(database, [changed(old, valid_until="2026-12-31"), changed(new, valid_from="2027-01-01")])
    before = publish(press, "test", at=datetime(2026, 12, 31, 12, tzinfo=UTC))
    assert before.entries == len(SEED) - 1
    after = publish(press, "test", at=datetime(2026, 12, 31, 18, tzinfo=UTC))
    replica = LiveSnapshot(press)
    replica.refresh()
    assert replica.number == after.number
    assert new.id in replica.current.entries
    assert old.id not in replica.current.entries
