"""Invented dossiers to try the look-up with; see docs/demo-dossiers.md."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from actions.working_days import first_working_day, last_working_day
from knowledge.dossier_fields import is_sensitive
from knowledge.province import ZONE, Profile
from knowledge.text_file import read_yaml
from store.base import now
from store.crypto import Vault
from store.dossiers import ABSENT, DossierRow, code_key, number_digest, upsert
from store.engine import Database

INVENTED = "H00"
_DATA = Path(__file__).with_name("demo_dossiers.yml")
_DAYS = {"received": "received_on", "due": "due_on", "finished": "finished_on", "returned": "returned_on"}


def ensure_demo(database: Database, vault: Vault, profile: Profile) -> None:
    """Load the demo dossiers when the service runs for the invented province; a real one never gets them."""
    if profile.dossier_code == INVENTED:
        with database.write() as session:
            load_demo(session, vault, datetime.now(ZONE).date())


def load_demo(session: Session, vault: Vault, today: date) -> int:
    """Write the demo dossiers as of `today` and give their number; once a real dossier was pushed, remove them.

    Loading again moves their days along.
    """
    if session.scalar(select(exists().where(DossierRow.origin == "push"))):
        session.execute(delete(DossierRow).where(DossierRow.origin == "demo"))
        return 0
    rows = demo_rows()
    for row in rows:
        upsert(session, code_key(vault, row["code"]), _values(vault, row, today), now())
    return len(rows)


def demo_rows() -> list[dict[str, Any]]:
    """The invented dossiers with their whole numbers; days are distances from today."""
    rows: list[dict[str, Any]] = read_yaml(_DATA)
    return rows


def _working_day(today: date, distance: int) -> date:
    """The working day about `distance` days from today, on the same side of today."""
    day = today + timedelta(days=distance)
    return first_working_day(day) if distance >= 0 else last_working_day(day)


def _values(vault: Vault, row: dict[str, Any], today: date) -> dict[str, Any]:
    digest = {
        who: number_digest(vault, row["code"], row[who]) if row.get(who) else ABSENT
        for who in ("applicant", "authorised")
    }
    days = {
        column: _working_day(today, row[name]) if row.get(name) is not None else None for name, column in _DAYS.items()
    }
    title = row.get("title")
    return {
        **digest,
        **days,
        "status": row["status"],
        "stage": row.get("stage"),
        "procedure_id": row.get("procedure"),
        "procedure_title": title if title and not is_sensitive(title) else None,
        "origin": "demo",
    }
