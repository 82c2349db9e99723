"""Where dossiers are looked up: our own table, filled by push, or the one-stop system of the province, asked each time.

Each finds a dossier by its code and a number of its holder, and raises `BackendError` when it cannot be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol


class BackendError(Exception):
    """The system that knows the dossiers does not answer, answers nonsense, or is left in peace after failures."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What may be told about a dossier, and nothing else.

    status: 1 to 10, None when the system named one we do not know. stage: a sub-status of `dossier_words.yml`.
    procedure_title: None when unknown. Days are those of Vietnam; None when unknown.
    """

    status: int | None
    stage: str | None = None
    procedure_id: str | None = None
    procedure_title: str | None = None
    received_on: date | None = None
    due_on: date | None = None
    finished_on: date | None = None
    returned_on: date | None = None


class DossierBackend(Protocol):
    """whole_number: `find` needs the whole identity number or tax code, not only its last four digits."""

    whole_number: bool

    async def find(self, code: str, number: str) -> Dossier | None:
        """The dossier with this canonical code, if `number` fits one of its persons; None for either mistake.

        Raises `BackendError`.
        """
