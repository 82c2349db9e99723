"""Answers requests of data subjects and notes them in the audit, by fingerprint only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal, get_args

from store import subject
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow

KNOWN: tuple[str, ...] = get_args(subject.Known)


def answer(
    database: Database,
    vault: Vault,
    erase_tracker: Callable[[str], int],
    action: Literal["find", "export", "erase"],
    by: subject.Known,
    value: str,
    user: str = "command line",
) -> str:
    """Do what was asked for the person of whom `value` is known; JSON for whoever asked. user: who does it.

    The audit keeps that it was done and how many rows it concerned: the law wants proof of an answer in time.
    """
    with database.write() as session:
        person = subject.find(session, vault, by, value)
        counts = {name: len(keys) for name, keys in person.keys.items()}
        told = subject.as_json(subject.export(session, vault, person)) if action == "export" else None
        if action == "erase":
            counts = subject.erase(session, person, erase_tracker)
        target = vault.fingerprint(subject.bare(value), "data-subject")[:16]
        session.add(AuditRow(user=user, action=f"subject.{action}", target=target, details=counts))
    return told or json.dumps(counts, ensure_ascii=False, indent=2)
