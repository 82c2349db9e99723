"""Small changes keep what was learned, until a new day or until too much changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge import building
from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.publish import REFUSED, LiveSnapshot, Press, publish, rollback, valid_entries
from knowledge.renewal import renew
from knowledge.seeding import load_seed, sync
from knowledge.snapshot import Snapshot, entries_hash
from knowledge.vector_cache import VectorCache
from store import migrate
from store.base import now
from store.engine import Database
from store.knowledge import SnapshotRow

CHOSEN = {"1.001193", "1.000894", "1.000656", "1.004194", "faq-001", "faq-151"}
SEED = {entry.id: entry for entry in load_seed() if entry.id in CHOSEN}
TOMORROW = now() + timedelta(days=1)
KNOWN_NAME = "giấy tờ đứa trẻ ở xã"


@pytest.fixture(scope="module")
def published(cache: VectorCache, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store whose few entries are live."""
    folder = tmp_path_factory.mktemp("published")
    press = opened(folder, cache)
    migrate.upgrade(press.database)
    with press.database.write() as session:
        sync(session, list(SEED.values()))
    publish(press, "test")
    press.database.close()
    return folder


@pytest.fixture
def press(published: Path, cache: VectorCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Press]:
    """A press over a copy; half of the entries may change before all is learned anew."""
    monkeypatch.setattr(building, "KEPT_FOR", 0.5)
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    made = opened(tmp_path, cache)
    yield made
    made.database.close()


def opened(folder: Path, cache: VectorCache) -> Press:
    return Press(Database(f"sqlite:///{folder / 'test.db'}"), folder / "snapshots", cache)


def change(press: Press, *ids: str, **fields: object) -> None:
    entries: list[Procedure | Faq] = [ENTRY.validate_python(ENTRY.dump_python(SEED[id_]) | fields) for id_ in ids]
    with press.database.write() as session:
        sync(session, entries)


def live(press: Press) -> Snapshot:
    following = LiveSnapshot(press)
    following.refresh()
    return following.current


def test_a_small_change_is_found_and_moves_nothing_else(press: Press) -> None:
    before = live(press)
    change(press, "1.001193", common_names=(*SEED["1.001193"].common_names, KNOWN_NAME))
    publish(press, "test")
    after = live(press)
    assert (before.changed, after.changed) == (0, 1)
    assert after.retriever.search(f"{KNOWN_NAME} thì cần gì").candidates[0].entry == "1.001193"
    assert after.retriever.decision == before.retriever.decision
    assert after.retriever.ranker.weights == before.retriever.ranker.weights


def test_changes_add_up_until_all_is_learned_anew(press: Press) -> None:
    told = []
    for id_ in ("1.001193", "1.000894", "1.000656", "1.004194"):
        change(press, id_, title=f"{SEED[id_].title} tại xã")
        publish(press, "test")
        told.append(live(press).changed)
    assert told == [1, 2, 3, 0]


def test_an_entry_more_and_one_less_count(press: Press) -> None:
    change(press, "1.001193", valid_until="2020-01-01")
    publish(press, "test", gate=False)
    less = live(press)
    assert (less.changed, "1.001193" in less.entries) == (1, False)
    assert less.retriever.index.ids == sorted(less.entries)
    change(press, "1.001193")
    publish(press, "test")
    more = live(press)
    assert (more.changed, "1.001193" in more.entries) == (2, True)
    assert more.retriever.search("làm giấy khai sinh cho con cần gì").candidates[0].entry == "1.001193"


def test_words_never_seen_are_learned_at_once(press: Press) -> None:
    change(press, "1.001193", common_names=(*SEED["1.001193"].common_names, "giấy nghoẻnh trẻ em"))
    publish(press, "test")
    after = live(press)
    assert after.changed == 0
    assert "nghoẻnh" in after.retriever.read("giay nghoenh tre em")


def test_a_changed_program_learns_anew(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "code_version", lambda: "another")
    change(press, "1.001193", title=f"{SEED['1.001193'].title} tại xã")
    publish(press, "test")
    assert live(press).changed == 0


def test_the_next_day_learns_what_small_changes_kept(press: Press) -> None:
    change(press, "1.001193", title=f"{SEED['1.001193'].title} tại xã")
    publish(press, "test")
    assert renew(press, now()) is None
    renewed = renew(press, TOMORROW)
    assert renewed is not None
    assert live(press).changed == 0
    assert live(press).number == renewed.number
    assert renew(press, TOMORROW) is None


def test_what_was_rolled_back_to_stays_the_next_day(press: Press) -> None:
    for title in ("Khai sinh tại xã", "Khai sinh cho trẻ"):
        change(press, "1.001193", title=title)
        publish(press, "test")
    rollback(press, "test")
    assert live(press).entries["1.001193"].title == "Khai sinh tại xã"
    assert renew(press, TOMORROW) is None


def test_what_the_gate_refused_is_not_tried_again_until_something_else_is_in_force(press: Press) -> None:
    change(press, "1.001193", title=f"{SEED['1.001193'].title} tại xã")
    publish(press, "test")
    with press.database.write() as session:
        report = {REFUSED: entries_hash(valid_entries(session, TOMORROW.date()))}
        session.add(SnapshotRow(state="failed", content_hash="", built_by="calendar", report=report))
    assert renew(press, TOMORROW + timedelta(days=1)) is None
    change(press, "1.001193", title=f"{SEED['1.001193'].title} ở xã")
    assert renew(press, TOMORROW + timedelta(days=1)) is not None
