"""The invented dossiers: documented, meaningful on any day, gone when real ones come."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from actions.backends import Dossier
from actions.demo_dossiers import demo_rows, ensure_demo, load_demo
from actions.dossier_text import is_late
from knowledge.province import load_profile
from store.crypto import Vault
from store.dossiers import DossierRow, upsert
from store.engine import Database

DOCUMENT = Path(__file__).parents[2] / "docs" / "demo-dossiers.md"
AT = datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_the_document_lists_every_demo_dossier() -> None:
    listed = re.findall(r"^\| (\S+) \| ([\d or]+) \| (\d+) ", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [
        (
            row["code"],
            " or ".join(row[who][-4:] for who in ("applicant", "authorised") if who in row),
            str(row["status"]),
        )
        for row in demo_rows()
    ]


def test_demo_dossiers_stay_meaningful_on_any_day(database: Database, vault: Vault) -> None:
    for today in (date(2026, 11, 21), date(2027, 2, 8), date(2028, 1, 2)):
        with database.write() as session:
            assert load_demo(session, vault, today) == len(demo_rows()) >= 40
            stored = list(session.scalars(select(DossierRow)))
        assert {row.status for row in stored} == set(range(1, 11))
        late = [row for row in stored if is_late(Dossier(row.status, due_on=row.due_on), today)]
        assert len(late) == sum(row["status"] in (2, 4) and row.get("due", 0) < 0 for row in demo_rows())


def test_demo_dossiers_leave_when_real_ones_come(database: Database, vault: Vault) -> None:
    with database.write() as session:
        load_demo(session, vault, date(2026, 11, 21))
        upsert(session, "a real one", {"status": 4, "origin": "push"}, AT)
        assert load_demo(session, vault, date(2026, 11, 21)) == 0
        assert [row.origin for row in session.scalars(select(DossierRow))] == ["push"]


def test_only_the_invented_province_gets_them(database: Database, vault: Vault) -> None:
    invented = load_profile("tinh-mau")
    for profile, loaded in ((invented.model_copy(update={"dossier_code": "H56"}), 0), (invented, len(demo_rows()))):
        ensure_demo(database, vault, profile)
        with database.read() as session:
            assert len(list(session.scalars(select(DossierRow)))) == loaded
