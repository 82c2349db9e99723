"""What guessing can bring, computed from the budgets, and then tried through the real code with a clock of our own."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from actions.backends import Dossier
from actions.backends.sql import SqlBackend
from actions.dossier_budget import Allowed, Budgets, Limit, Refused, reserve
from actions.dossier_lookup import DossierDesk
from store.crypto import Vault
from store.dossiers import ABSENT, AttemptRow, DossierRow, code_key, forget_attempts, number_digest
from store.engine import Database

START = datetime(2026, 11, 21, 1, tzinfo=UTC)
BUDGETS = Budgets()
CONVERSATIONS, ADDRESSES, CODES = 1_000, 50, 10_000
GUESSES = 10_000
NUMBERS_PER_DOSSIER = 1.4  # four in ten dossiers have an authorised person besides the applicant


@dataclass
class Clock:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


def attempt(session: Session, at: datetime, conversation: str, client: str, code: str = "k") -> Allowed | Refused:
    return reserve(session, BUDGETS, conversation, client, code, at)


def test_the_expected_disclosures_of_an_attack_are_few() -> None:
    """Every code real, every dossier open to 1.4 numbers, every try at fresh digits, a whole day long, and callers
    without a number as one address more.
    """
    tries = BUDGETS.most_tries(CONVERSATIONS, ADDRESSES + 1)
    assert tries == 71
    assert tries * NUMBERS_PER_DOSSIER / GUESSES <= 0.01


def test_a_small_attack_is_bounded_by_its_own_means() -> None:
    assert BUDGETS.most_tries(conversations=1, addresses=50) == 3
    assert BUDGETS.most_tries(conversations=100, addresses=1) == 4


@pytest.mark.slow
async def test_an_attack_of_a_day_discloses_nothing_and_the_owner_is_served(database: Database, vault: Vault) -> None:
    """1,000 conversations from 50 addresses try 10,000 real codes in turn; owners come in between, from their homes."""
    clock, dice = Clock(), random.Random(20261121)
    numbers = {f"H00.14-261105-{n:04d}": f"{dice.randrange(GUESSES):04d}" for n in range(CODES)}
    with database.write() as session:
        session.add_all(
            DossierRow(
                key=code_key(vault, code), applicant=number_digest(vault, code, number), authorised=ABSENT,
                status=4, origin="push", updated_at=START,
            )
            for code, number in numbers.items()
        )  # fmt: skip
    desk = DossierDesk(database, vault, SqlBackend(database, vault), BUDGETS, pace=1e-6, clock=clock)
    outcomes: Counter[str] = Counter()
    codes = list(numbers)
    for turn in range(1_500):
        clock.at += timedelta(seconds=57)
        code, guess = codes[turn], f"{dice.randrange(GUESSES):04d}"
        outcome = await desk.look_up(f"c{turn % CONVERSATIONS}", f"a{dice.randrange(ADDRESSES)}", code, guess)
        outcomes[outcome if isinstance(outcome, str) else type(outcome).__name__] += 1
        if turn % 100 == 0:
            assert await desk.look_up(f"owner{turn}", f"home{turn}", code, numbers[code]) == Dossier(4)
    assert outcomes["Dossier"] == 0
    assert ADDRESSES <= outcomes["not_found"] <= BUDGETS.most_tries(CONVERSATIONS, ADDRESSES)
    assert outcomes["Refused"] == 1_500 - outcomes["not_found"]


def test_the_owner_of_a_code_under_attack_is_heard_at_once_from_elsewhere(database: Database) -> None:
    with database.write() as session:
        for n in range(ADDRESSES):
            attempt(session, START, f"c{n}", f"a{n}")
        assert isinstance(attempt(session, START, "owner", "home"), Allowed)


def test_an_owner_who_mistyped_waits_a_bounded_time_during_an_attack(database: Database) -> None:
    """Refused tries do not prolong the wait, so it ends `code_cap` after the last one that was compared."""
    with database.write() as session:
        assert isinstance(attempt(session, START, "owner", "home"), Allowed)
        for n in range(CONVERSATIONS // 4):
            attempt(session, START + timedelta(seconds=n), f"c{n}", f"a{n % ADDRESSES}")
        later = START + timedelta(seconds=CONVERSATIONS // 4)
        refused = attempt(session, later, "owner", "home")
        assert isinstance(refused, Refused)
        assert refused.limit == "code"
        assert refused.until - later <= timedelta(seconds=BUDGETS.code_cap)
        assert isinstance(attempt(session, refused.until, "owner", "home"), Allowed)


def test_the_slow_down_doubles_up_to_its_cap(database: Database) -> None:
    """Seen by somebody whose conversation has failed once already."""
    waits = []
    with database.write() as session:
        attempt(session, START, "mistaken", "m")
        attempt(session, START, "somebody", "s")
        for n in range(9):
            at = START + timedelta(seconds=n)
            assert isinstance(attempt(session, at, f"c{n}", f"a{n}"), Allowed)
            refused = attempt(session, at, "mistaken", "other")
            assert isinstance(refused, Refused)
            waits.append((refused.until - at).total_seconds())
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300, 300]


@pytest.mark.parametrize(
    ("limit", "failures", "wait"),
    [
        ("conversation", [("c", f"a{n}") for n in range(3)], timedelta(days=1)),
        ("address", [(f"c{n}", "a") for n in range(4)], timedelta(days=1)),
        ("overall", [(f"c{n}", f"b{n // 2}") for n in range(12)] + [("x", "a")], timedelta(hours=1)),
    ],
)
def test_each_limit_names_itself_and_ends(
    database: Database, limit: Limit, failures: list[tuple[str, str]], wait: timedelta
) -> None:
    with database.write() as session:
        for n, (conversation, client) in enumerate(failures):
            assert isinstance(attempt(session, START, conversation, client, f"k{n}"), Allowed)
        refused = attempt(session, START, "c", "a", "fresh")
        assert refused == Refused(limit, START + wait)
        assert isinstance(attempt(session, START + wait, "c", "a", "fresh"), Allowed)


def test_the_daily_budget_of_all_holds_over_the_hours(database: Database) -> None:
    """Second tries, a few each hour: after 20 within a day there are no more."""
    allowed = 0
    with database.write() as session:
        for n in range(30):
            at = START + timedelta(minutes=20 * n)
            attempt(session, at, f"first{n}", f"a{n}", f"k{n}")
            second = attempt(session, at + timedelta(minutes=10), f"second{n}", f"a{n}", f"j{n}")
            allowed += isinstance(second, Allowed)
    assert allowed == BUDGETS.overall_day


def test_an_attempt_counts_as_wrong_until_it_is_settled(database: Database) -> None:
    """A process that dies in mid-comparison must not give a free try."""
    for _ in range(BUDGETS.conversation_day):
        with database.write() as session:
            assert isinstance(attempt(session, START, "c", f"a{_}", f"k{_}"), Allowed)
    with database.write() as session:
        assert isinstance(attempt(session, START, "c", "a9", "k9"), Refused)


def test_old_attempts_are_forgotten(database: Database) -> None:
    with database.write() as session:
        attempt(session, START, "c", "a")
        attempt(session, START + timedelta(days=3), "c", "a")
        assert forget_attempts(session, START + timedelta(days=1)) == 1
        assert session.query(AttemptRow).count() == 1


def test_tries_at_the_same_moment_do_not_pass_the_limit_together(database: Database) -> None:
    def one(n: int) -> bool:
        with database.write() as session:
            return isinstance(attempt(session, START, f"c{n}", "a", f"k{n}"), Allowed)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == BUDGETS.address_day
