"""One attempt to see a dossier: the budget first, then the comparison, then a refusal that gives nothing away.

A wrong code and a wrong number end in the same `NOT_FOUND`, after the same work and after a time that is rounded up to
whole `pace` seconds, whichever back end answers.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from actions.backends import BackendError, Dossier, DossierBackend
from actions.backends.one_stop import OneStopBackend
from actions.backends.sql import SqlBackend
from actions.dossier_budget import Allowed, Budgets, Refused, reserve, settle
from store.base import now
from store.crypto import Vault
from store.dossiers import code_key
from store.engine import Database

NOT_FOUND: Literal["not_found"] = "not_found"
UNAVAILABLE: Literal["unavailable"] = "unavailable"
Outcome = Dossier | Refused | Literal["not_found", "unavailable"]


@dataclass(frozen=True, slots=True)
class DossierDesk:
    """Where dossiers are asked for. pace: seconds a refusal is rounded up to. clock: the present time, aware."""

    database: Database
    vault: Vault
    backend: DossierBackend
    budgets: Budgets = field(default_factory=Budgets)
    pace: float = 0.25
    clock: Callable[[], datetime] = now

    async def look_up(self, conversation_id: str, client: str, code: str, number: str) -> Outcome:
        """The dossier, or why it is not shown.

        client: fingerprint of the address, caller or account. code: canonical. number: the last four digits, or the
        whole number when the back end wants it.
        """
        started = time.monotonic()
        leave = await asyncio.to_thread(self._reserve, conversation_id, client, code)
        if isinstance(leave, Refused):
            return leave
        try:
            dossier = await self.backend.find(code, number)
        except BackendError:
            await asyncio.to_thread(self._settle, leave, None)
            return UNAVAILABLE
        await asyncio.to_thread(self._settle, leave, dossier is not None)
        if dossier is None:
            await asyncio.sleep(remaining(time.monotonic() - started, self.pace))
            return NOT_FOUND
        return dossier

    def _reserve(self, conversation_id: str, client: str, code: str) -> Allowed | Refused:
        with self.database.write() as session:
            key = code_key(self.vault, code)
            return reserve(session, self.budgets, conversation_id, client, key, self.clock())

    def _settle(self, leave: Allowed, right: bool | None) -> None:
        with self.database.write() as session:
            settle(session, leave.attempt, right=right)


def open_desk(database: Database, vault: Vault, api_base: str | None) -> DossierDesk:
    """The desk over the one-stop system at `api_base`, or over our own table when there is none."""
    backend: DossierBackend = OneStopBackend(api_base) if api_base else SqlBackend(database, vault)
    return DossierDesk(database, vault, backend)


def remaining(elapsed: float, pace: float) -> float:
    """Seconds to wait so that `elapsed` becomes a whole multiple of `pace`, at least one."""
    return max(1, math.ceil(elapsed / pace)) * pace - elapsed
