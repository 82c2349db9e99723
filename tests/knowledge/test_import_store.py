from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from knowledge.catalogue import procedure
from knowledge.compose import caveat_of
from knowledge.entry import ENTRY, Fee, Procedure
from knowledge.importing import BATCH, import_file
from knowledge.province import ZONE
from knowledge.seeding import put_revision, sync
from knowledge.sources.files import BadFile
from store import migrate
from store.base import now
from store.engine import Database
from store.imports import ImportDifferenceRow, ImportedTextRow, ImportRunRow
from store.knowledge import EntryRow, RevisionRow
from tests.knowledge.portal_samples import CHANNELS, many, record, write

KILLS = int(os.environ.get("MOTCUA_IMPORT_KILLS", "4"))


def _content(database: Database) -> dict[str, Any]:
    """Everything an import writes, without the times of day."""
    with database.read() as session:
        return {
            "entries": [(r.id, r.origin, r.live) for r in session.scalars(select(EntryRow).order_by(EntryRow.id))],
            "revisions": sorted(
                (r.entry_id, r.number, r.content_hash, r.state, r.author) for r in session.scalars(select(RevisionRow))
            ),
            "texts": sorted(
                (r.entry_id, r.number, r.column, r.flag, r.text) for r in session.scalars(select(ImportedTextRow))
            ),
            "differences": sorted(
                (r.entry_id, r.field, json.dumps(r.ours), json.dumps(r.theirs), r.state)
                for r in session.scalars(select(ImportDifferenceRow))
            ),
            "runs": [(r.file_hash, r.cursor, r.counts, r.state, r.gone) for r in session.scalars(select(ImportRunRow))],
        }


def _live(database: Database, entry: str) -> Procedure:
    with database.read() as session:
        row = session.get_one(EntryRow, entry)
        revision = session.scalars(
            select(RevisionRow).where(RevisionRow.entry_id == entry, RevisionRow.number == row.live)
        ).one()
        live = ENTRY.validate_python(revision.content)
    assert isinstance(live, Procedure)
    return live


def _written(code: str, **changes: Any) -> Procedure:
    base = {
        "id": code, "title": "Xin thả diều", "official_title": f"Thử cấp phép thả diều số {code}", "field": "Thả diều",
        "fee": {"kind": "fixed", "amount_vnd": 70000}, "time": {"number": 3, "unit": "working_day"},
        "place": {"authority": "Ủy ban nhân dân xã", "level": "commune"}, "online": {"level": "unknown"},
        "documents": [{"name": "Đơn xin thả diều", "form": "original"}, {"name": "Ảnh diều", "form": "copy"}],
        "confidence": "high",
    }  # fmt: skip
    return Procedure.model_validate(base | changes)


def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", many(BATCH + 30))
    first = import_file(database, path)
    before = _content(database)
    second = import_file(database, path)
    after = _content(database)
    assert first.counts == {"added": BATCH + 30}
    assert second.counts == {"same": BATCH + 30}
    assert {k: v for k, v in after.items() if k != "runs"} == {k: v for k, v in before.items() if k != "runs"}
    assert first.flags == second.flags
    assert set(first.flags) == {"unclear", "scrambled", "district", "household_book"}


def test_a_changed_record_becomes_a_new_revision_and_a_missing_one_is_reported(
    database: Database, tmp_path: Path
) -> None:
    import_file(database, write(tmp_path / "a.jsonl", [record("1.990001"), record("1.990002")]))
    report = import_file(
        database, write(tmp_path / "b.jsonl", [record("1.990001", ten_thu_tuc="Thử cấp phép thả diều to")])
    )
    assert (report.counts, report.gone) == ({"changed": 1}, 1)
    assert _live(database, "1.990001").title == "Thử cấp phép thả diều to"
    with database.read() as session:
        states = session.scalars(select(RevisionRow.state).where(RevisionRow.entry_id == "1.990001"))
        assert sorted(states) == ["published", "retired"]


def test_a_file_is_of_the_day_it_was_taken_or_first_imported(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [record("1.990001")])
    import_file(database, path)
    today = now().astimezone(ZONE).date()
    assert _live(database, "1.990001").checked_at == today
    with database.write() as session:
        session.scalars(select(ImportRunRow)).one().started_at -= timedelta(days=40)
    import_file(database, path)
    assert _live(database, "1.990001").checked_at == today - timedelta(days=40)
    import_file(database, path, collected=date(2026, 9, 5))
    live = _live(database, "1.990001")
    assert (live.checked_at, "tháng 9/2026" in (live.sources[0].note or "")) == (date(2026, 9, 5), True)
    assert "(tháng 9/2026)" in caveat_of(live)
    assert "(tháng 6-7/2026)" in caveat_of(procedure({"code": "1.990002", "title": "Thả diều", "field": "Diều"}))


def test_what_a_person_wrote_stays_and_the_differences_are_listed(database: Database, tmp_path: Path) -> None:
    written = _written("1.990001")
    with database.write() as session:
        sync(session, [written])
    path = write(tmp_path / "a.jsonl", [record("1.990001"), record("1.990002")])
    assert import_file(database, path).counts == {"kept": 1, "added": 1}
    assert _live(database, "1.990001") == written
    with database.write() as session:
        (row,) = session.scalars(select(ImportDifferenceRow))
        assert (row.entry_id, row.field) == ("1.990001", "fee")
        assert (row.ours, row.theirs) == ({"value": "70000 đồng"}, {"value": "50000 đồng"})
        row.state = "kept"
    assert import_file(database, path).differences == 0
    dearer = f"{CHANNELS}Trực tiếp3 Ngày làm việc90,000 VNĐ"
    changed = write(tmp_path / "b.jsonl", [record("1.990001", cach_thuc_thuc_hien=dearer)])
    assert import_file(database, changed).differences == 1


def test_an_import_that_an_officer_reviewed_stays(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [record("1.990001")])
    import_file(database, path)
    reviewed = _live(database, "1.990001").model_copy(
        update={"review": "officer", "fee": Fee(kind="fixed", amount_vnd=20000)}
    )
    with database.write() as session:
        row = session.get_one(EntryRow, "1.990001")
        live = session.scalars(select(RevisionRow).where(RevisionRow.entry_id == row.id)).one()
        put_revision(session, reviewed, row, live, "lan")
    assert import_file(database, path).counts == {"kept": 1}
    assert _live(database, "1.990001") == reviewed


def test_a_written_entry_shipped_later_replaces_the_bare_import(database: Database, tmp_path: Path) -> None:
    import_file(database, write(tmp_path / "a.jsonl", [record("1.990001")]))
    with database.write() as session:
        assert sync(session, [_written("1.990001")]).changed == 1
    assert _live(database, "1.990001").origin == "seed"


def test_the_one_stop_catalogue_adds_names_and_wipes_nothing(database: Database, tmp_path: Path) -> None:
    import_file(database, write(tmp_path / "a.jsonl", [record("1.990001")]))
    listed = [
        {"MaTTHC": code, "TenTTHC": f"Thử cấp phép thả diều số {code}", "TenLinhVuc": "Thả diều"}
        for code in ("1.990001", "1.990002")
    ]
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"service": "LayDanhSachTTHC", "data": listed}), encoding="utf-8")
    assert import_file(database, path).counts == {"same": 1, "added": 1}
    assert _live(database, "1.990001").documents
    bare = _live(database, "1.990002")
    assert (bare.fee.kind, bare.sources[0].basis) == ("unknown", "province")


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([record("1.990001"), record("9")], "Dòng 2: mã thủ tục “9” không đúng dạng"),
        ([record("1.990001"), record("1.990001")], "Dòng 2: mã 1.990001 đã có ở dòng 1"),
        ([], "không có bản ghi nào"),
    ],
)
def test_a_bad_row_changes_nothing(
    database: Database, tmp_path: Path, records: list[dict[str, str]], said: str
) -> None:
    with pytest.raises(BadFile, match=said):
        import_file(database, write(tmp_path / "a.jsonl", records))
    assert not any(_content(database).values())


def test_killed_at_random_and_run_again_gives_what_one_clean_run_gives(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", many(200 * (KILLS + 1)))
    clean, killed = Database(f"sqlite:///{tmp_path / 'clean.db'}"), Database(f"sqlite:///{tmp_path / 'killed.db'}")
    for database in (clean, killed):
        migrate.upgrade(database)
        with database.write() as session:
            sync(session, [_written("1.990000"), _written("1.990007")])
    import_file(clean, path)
    chance = random.Random(20261121)
    reached = [_killed_run(killed, path, tmp_path, chance.random()) for _ in range(KILLS)]
    assert reached == sorted(reached)
    assert 0 < reached[-1] < 200 * (KILLS + 1)
    import_file(killed, path)
    assert _content(killed) == _content(clean)
    clean.close()
    killed.close()


def _killed_run(database: Database, path: Path, folder: Path, moment: float) -> int:
    """Runs the import in a process of its own, kills it within or just behind its first batch, gives the cursor.

    moment: 0.0 to 1.0; up to 0.3 it is killed while it starts, later within 0.2 s of its first committed batch.
    """
    program = (
        "import sys; from pathlib import Path; from knowledge.importing import import_file; "
        "from store.engine import Database; print(0, flush=True); "
        "import_file(Database(sys.argv[1]), Path(sys.argv[2]), lambda n, m: print(n, flush=True))"
    )
    command = [sys.executable, "-c", program, f"sqlite:///{folder / 'killed.db'}", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        if moment > 0.3:
            process.stdout.readline()
        time.sleep(moment * 0.2)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    with database.read() as session:
        run = session.scalars(select(ImportRunRow)).one_or_none()
        return run.cursor if run else 0
