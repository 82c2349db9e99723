"""A publication in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.encoder import load_encoder
from knowledge.publish import LiveSnapshot, Press, PublicationRefusedError, publish
from knowledge.publishing import PublicationFailedError, publish_apart
from knowledge.seeding import content_hash, content_of, load_seed, sync
from knowledge.vector_cache import VectorCache
from settings import get_settings
from store import migrate
from store.engine import Database
from store.knowledge import RevisionRow

CHOSEN = {"1.001193", "1.000894", "1.000656", "faq-001"}
SEED = {entry.id: entry for entry in load_seed() if entry.id in CHOSEN}


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    """A press over a store whose few entries are live."""
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate.upgrade(database)
    with database.write() as session:
        sync(session, list(SEED.values()))
    encoder = load_encoder(get_settings().encoder_path)
    made = Press(database, tmp_path / "snapshots", VectorCache(encoder, tmp_path / "vectors.db"))
    publish(made, "test")
    yield made
    database.close()


def reviewed(press: Press, id_: str, **fields: object) -> int:
    """A revision that waits for publication; its id."""
    with press.database.write() as session:
        content = content_of(SEED[id_].model_copy(update=fields))
        row = RevisionRow(entry_id=id_, number=2, state="review", author="an", content=content)
        row.content_hash = content_hash(content)
        session.add(row)
        session.flush()
        return row.id


def test_several_revisions_go_live_at_once_for_those_who_follow(press: Press) -> None:
    live = LiveSnapshot(press)
    live.refresh()
    changed = [reviewed(press, id_, title=f"{SEED[id_].title} (đổi)") for id_ in ("1.001193", "1.000894")]
    done = publish_apart(press, "binh", revisions=changed)
    assert (done.built, done.number, done.entries) == (True, 2, len(SEED))
    assert done.report["answered_right"] > 0
    assert live.refresh()
    assert {id_ for id_, entry in live.current.entries.items() if entry.title.endswith("(đổi)")} == {
        "1.001193", "1.000894",
    }  # fmt: skip
    with press.database.read() as session:
        assert {session.get_one(RevisionRow, id_).state for id_ in changed} == {"published"}


def test_what_would_break_comes_back_by_name(press: Press) -> None:
    stolen = (*SEED["faq-001"].examples, *SEED["1.000656"].examples)
    harmful = reviewed(press, "faq-001", examples=stolen, title=SEED["1.000656"].examples[0])
    with pytest.raises(PublicationRefusedError) as refused:
        publish_apart(press, "binh", revisions=[harmful])
    questions = {broken.question for broken in refused.value.broken}
    assert questions
    assert questions <= set(SEED["1.000656"].examples)
    live = LiveSnapshot(press)
    live.refresh()
    assert live.number == 1


def test_a_process_that_fails_leaves_the_old_snapshot(press: Press) -> None:
    with pytest.raises(PublicationFailedError):
        publish_apart(press, "binh", revisions=[999])
    live = LiveSnapshot(press)
    live.refresh()
    assert live.number == 1
