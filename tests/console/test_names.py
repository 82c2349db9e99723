"""Proposed common names: shown for procedures that have none, taken with one click, gone from the list afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from console.pages import Console
from knowledge.catalogue import load_catalogue
from knowledge.proposals import proposed_names
from knowledge.publish import publish
from knowledge.seeding import sync
from store.engine import Database
from store.knowledge import RevisionRow
from tests.console.staff import StaffBrowser, words


@pytest.fixture
def database(live_database: Database) -> Database:
    return live_database


def test_one_click_takes_the_names_to_review(
    console: Console, database: Database, sign_in: Callable[..., StaffBrowser]
) -> None:
    entry = next(one for one in load_catalogue() if one.place.level == "commune" and proposed_names(one))
    with database.write() as session:
        sync(session, [entry], "import")
    publish(console.press, "test", gate=False)
    console.knowledge.load()
    curator = sign_in("curator")
    page = curator.open("/console/names")
    names = proposed_names(entry)
    assert all(name in words(page) for name in (entry.title, *names))
    assert curator.send(f"/console/names/{entry.id}").status_code == 422
    curator.open("/console/names")
    curator.send(f"/console/names/{entry.id}", name=[names[0]])
    assert entry.title not in words(curator.open("/console/names"))
    with database.read() as session:
        row = session.scalars(select(RevisionRow).filter_by(entry_id=entry.id, number=2)).one()
    assert row.state in ("draft", "review")
    assert row.content["common_names"] == [names[0]]
