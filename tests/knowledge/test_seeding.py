"""Shipped entries with dated successors: both sides of the day, seeded again, and over what staff wrote."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from knowledge.entry import ENTRY, Faq, Procedure
from knowledge.publish import valid_entries
from knowledge.seeding import Seeded, content_hash, content_of, load_revisions, load_seed, put_revision, sync
from store.engine import Database
from store.knowledge import EntryRow, RevisionRow

DATED = {"1.014063": 2, "1.014064": 2, "faq-158": 2}
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture(scope="module")
def dated() -> list[Procedure | Faq]:
    return [entry for entry in load_revisions() if entry.id in DATED]


def _in_force(database: Database, entry: str, day: date) -> Procedure | Faq:
    with database.read() as session:
        return next(found for found in valid_entries(session, day) if found.id == entry)


def _fee(database: Database, entry: str, day: date) -> int | None:
    found = _in_force(database, entry, day)
    assert isinstance(found, Procedure)
    return found.fee.amount_vnd


def test_every_entry_is_shipped_once_beside_its_successors() -> None:
    entries = load_seed()
    assert len({entry.id for entry in entries}) == len(entries)
    assert not any(entry.valid_from for entry in entries)
    assert len(load_revisions()) == len(entries) + len(DATED)


def test_half_the_fee_ends_with_the_year(database: Database, dated: list[Procedure | Faq]) -> None:
    with database.write() as session:
        assert sync(session, dated) == Seeded(added=len(DATED), changed=0, kept=0, same=0)
    assert [_fee(database, "1.014063", day) for day in (BEFORE, AFTER)] == [25_000, 50_000]
    assert [_fee(database, "1.014064", day) for day in (BEFORE, AFTER)] == [35_000, 70_000]
    answers = [_in_force(database, "faq-158", day) for day in (date(2027, 2, 28), date(2027, 3, 1))]
    assert [isinstance(found, Faq) and found.answer.startswith("Được.") for found in answers] == [False, True]


def test_seeding_again_changes_nothing(database: Database, dated: list[Procedure | Faq]) -> None:
    for _ in range(2):
        with database.write() as session:
            done = sync(session, dated)
    assert done == Seeded(added=0, changed=0, kept=0, same=len(DATED))
    with database.read() as session:
        rows = session.scalars(select(RevisionRow).where(RevisionRow.entry_id == "1.014063")).all()
        assert [(row.number, row.state) for row in rows] == [(1, "published"), (2, "published")]


def test_a_changed_successor_replaces_both(database: Database, dated: list[Procedure | Faq]) -> None:
    first, later = (entry for entry in dated if entry.id == "1.014063")
    with database.write() as session:
        sync(session, [first])
        assert sync(session, [first, later]).changed == 1
        assert sync(session, [first]).changed == 1
    assert [_fee(database, "1.014063", day) for day in (BEFORE, AFTER)] == [25_000, 25_000]


@pytest.mark.parametrize("valid_from", [None, "2027-06-01"])
def test_what_staff_published_keeps_successors_out(
    database: Database, dated: list[Procedure | Faq], valid_from: str | None
) -> None:
    first, later = (entry for entry in dated if entry.id == "1.014063")
    edited = ENTRY.validate_python(content_of(first) | {"title": "Đổi thẻ", "valid_from": valid_from})
    with database.write() as session:
        sync(session, [first])
        live = session.scalars(select(RevisionRow).where(RevisionRow.entry_id == first.id)).one()
        row = session.get_one(EntryRow, first.id)
        put_revision(session, edited, row, None if valid_from else live, "lan")
    with database.write() as session:
        assert sync(session, [first, later]).kept == 1
        hashes = session.scalars(select(RevisionRow.content_hash).where(RevisionRow.entry_id == first.id))
        assert content_hash(content_of(later)) not in list(hashes)
    assert _in_force(database, first.id, date(2027, 6, 1)).title == "Đổi thẻ"
