"""1,000 conversations from 50 addresses guess at 10,000 known codes for a day, through two replicas on one PostgreSQL.

The attacker knows every code, which no attacker does, and guesses the four digits. The day is simulated; the budgets,
their locks and the comparisons are the real ones. Now and then a holder asks for a dossier under attack.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from actions.backends import Dossier
from actions.backends.sql import SqlBackend
from actions.dossier_budget import Refused
from actions.dossier_lookup import NOT_FOUND, DossierDesk, Outcome
from store import migrate
from store.conversations import ConversationRow
from store.crypto import Vault
from store.dossiers import ABSENT, code_key, number_digest, upsert
from store.engine import Database
from tests.servers import Postgres

CODES, CONVERSATIONS, ADDRESSES, OWNERS = 10_000, 1_000, 50, 40
MINUTES = 24 * 60
START = datetime(2026, 11, 21, 17, tzinfo=UTC)


@dataclass
class Day:
    """A simulated day. clock: what both replicas take for the present."""

    clock: datetime = START
    chance: random.Random = field(default_factory=lambda: random.Random(4))
    outcomes: Counter[str] = field(default_factory=Counter)

    def note(self, who: str, outcome: Outcome) -> None:
        """Count how a look-up ended."""
        kind = "shown" if isinstance(outcome, Dossier) else "refused" if isinstance(outcome, Refused) else str(outcome)
        self.outcomes[f"{who}: {kind}"] += 1


def run() -> dict[str, Any]:
    """How many guesses were compared and what they disclosed; how many holders were served."""
    with Postgres() as postgres:
        url = postgres.create("enumeration")
        replicas = [Database(url), Database(url)]
        migrate.upgrade(replicas[0])
        day = Day()
        numbers = _fill(replicas[0], day.chance)
        asyncio.run(_attacked(day, replicas, numbers))
        for database in replicas:
            database.close()
    compared = day.outcomes[f"attacker: {NOT_FOUND}"] + day.outcomes["attacker: shown"]
    return {
        "guesses tried": sum(count for name, count in day.outcomes.items() if name.startswith("attacker")),
        "guesses compared": compared,
        "expected disclosures": compared / 10_000,
        "disclosures seen": day.outcomes["attacker: shown"],
        "holders who asked": sum(count for name, count in day.outcomes.items() if name.startswith("holder")),
        "holders served": day.outcomes["holder: shown"],
    }


def _vault() -> Vault:
    return Vault("a secret for measurements, long enough")


def _code(number: int) -> str:
    return f"H00.14-261105-{number:04d}"


def _fill(database: Database, chance: random.Random) -> list[str]:
    """Make the dossiers and conversations; the four digits of each."""
    vault, numbers = _vault(), [f"{chance.randrange(10_000):04d}" for _ in range(CODES)]
    with database.write() as session:
        for number, digits in enumerate(numbers):
            values = {
                "applicant": number_digest(vault, _code(number), digits), "authorised": ABSENT, "status": 2,
                "origin": "demo", "received_on": date(2026, 11, 5),
            }  # fmt: skip
            upsert(session, code_key(vault, _code(number)), values, START)
        session.add_all(ConversationRow(id=f"c{n}", channel="web") for n in range(CONVERSATIONS + OWNERS))
    return numbers


async def _attacked(day: Day, replicas: list[Database], numbers: list[str]) -> None:
    vault = _vault()
    desks = [DossierDesk(one, vault, SqlBackend(one, vault), pace=0.001, clock=lambda: day.clock) for one in replicas]
    owners = iter(range(OWNERS))
    for minute in range(MINUTES):
        day.clock = START + timedelta(minutes=minute)
        await asyncio.gather(*(_guess(day, desks[n % 2], numbers) for n in range(4)))
        if minute % (MINUTES // OWNERS) == 0:
            owner = next(owners)
            dossier = day.chance.randrange(CODES)
            shown = await desks[owner % 2].look_up(
                f"c{CONVERSATIONS + owner}", f"home-{owner}", _code(dossier), numbers[dossier]
            )
            day.note("holder", shown)


async def _guess(day: Day, desk: DossierDesk, numbers: list[str]) -> None:
    dossier = day.chance.randrange(CODES)
    guess = f"{day.chance.randrange(10_000):04d}"
    conversation, address = f"c{day.chance.randrange(CONVERSATIONS)}", f"address-{day.chance.randrange(ADDRESSES)}"
    day.note("attacker", await desk.look_up(conversation, address, _code(dossier), guess))
