"""What may be published by itself, by what stands in the table of snapshots."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.publish import HELD, REFUSED
from knowledge.seeding import load_seed
from knowledge.snapshot import entries_hash
from knowledge.unattended import held_back
from store.engine import Database
from store.knowledge import SnapshotRow

ENTRIES = load_seed()[:2]
REFUSAL = {REFUSED: entries_hash(ENTRIES)}
Row = tuple[str, dict[str, Any]]


@pytest.mark.parametrize(
    ("before", "live", "after", "held"),
    [
        ([("ready", {})], {}, [], False),
        ([], {}, [("ready", {})], True),
        ([], {HELD: 1.0}, [], True),
        ([], {}, [("failed", REFUSAL)], True),
        ([("failed", REFUSAL)], {}, [], False),
        ([], {}, [("failed", {REFUSED: "other entries"}), ("building", {})], False),
    ],
    ids=["published", "rolled back", "rebuilt", "refused", "published after a refusal", "others refused"],
)
def test_what_is_held_back(
    database: Database, before: list[Row], live: dict[str, Any], after: list[Row], held: bool
) -> None:
    with database.write() as session:
        rows = [
            SnapshotRow(state=state, content_hash="", built_by="test", report=report)
            for state, report in [*before, ("ready", live), *after]
        ]
        for row in rows:
            session.add(row)
            session.flush()
        assert held_back(session, rows[len(before)], ENTRIES) is held
