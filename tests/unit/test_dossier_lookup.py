"""Looking a dossier up in our own table: who may see it, and that a refusal gives nothing away."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from actions.backends import BackendError, Dossier
from actions.backends.sql import SqlBackend
from actions.dossier_lookup import NOT_FOUND, UNAVAILABLE, DossierDesk, open_desk, remaining
from store.crypto import Vault
from store.dossiers import AttemptRow, DossierRow, code_key, forget_returned, number_digest, upsert
from store.engine import Database

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
CODE = "H00.14-261105-0012"
APPLICANT, AUTHORISED = "099900004826", "099911110246"


class CountingVault(Vault):
    """A vault that notes for what it computes fingerprints."""

    def __init__(self) -> None:
        super().__init__("a secret for tests that is long enough")
        self.made: list[str] = []

    def fingerprint(self, value: str, purpose: str) -> str:
        self.made.append(purpose)
        return super().fingerprint(value, purpose)


class Down:
    """A back end that never answers."""

    whole_number = False

    async def find(self, code: str, number: str) -> Dossier | None:
        raise BackendError("down")


@pytest.fixture
def counting() -> CountingVault:
    return CountingVault()


@pytest.fixture
def desk(database: Database, counting: CountingVault) -> DossierDesk:
    with database.write() as session:
        values = {
            "applicant": number_digest(counting, CODE, APPLICANT),
            "authorised": number_digest(counting, CODE, AUTHORISED),
            "status": 4,
            "due_on": date(2026, 11, 27),
            "origin": "push",
        }
        upsert(session, code_key(counting, CODE), values, AT)
    return DossierDesk(database, counting, SqlBackend(database, counting), pace=0.01, clock=lambda: AT)


@pytest.mark.parametrize("digits", ["4826", "0246"])
async def test_the_applicant_and_the_authorised_person_see_it(desk: DossierDesk, digits: str) -> None:
    assert await desk.look_up("c", "a", CODE, digits) == Dossier(4, due_on=date(2026, 11, 27))


@pytest.mark.parametrize(
    ("code", "digits"), [(CODE, "0000"), (CODE, "4827"), ("H00.14-261105-0013", "4826"), (CODE, "")]
)
async def test_a_wrong_code_and_wrong_digits_are_the_same(desk: DossierDesk, code: str, digits: str) -> None:
    assert await desk.look_up("c", "a", code, digits) == NOT_FOUND


async def test_digits_of_another_dossier_do_not_open_this_one(desk: DossierDesk, counting: CountingVault) -> None:
    other = "H00.14-261105-0099"
    with desk.database.write() as session:
        values = {"applicant": number_digest(counting, other, "099900001111"), "status": 4, "origin": "push"}
        upsert(session, code_key(counting, other), values, AT)
    assert await desk.look_up("c", "a", CODE, "1111") == NOT_FOUND


async def test_an_unknown_code_costs_the_same_work(desk: DossierDesk, counting: CountingVault) -> None:
    counting.made.clear()
    await desk.look_up("c1", "a1", CODE, "0000")
    wrong_digits = list(counting.made)
    counting.made.clear()
    await desk.look_up("c2", "a2", "H00.14-261105-7777", "0000")
    assert counting.made == wrong_digits
    assert "dossier-number" in wrong_digits


def test_a_refusal_takes_whole_multiples_of_the_pace() -> None:
    assert remaining(0.0, 0.25) == 0.25
    assert remaining(0.1, 0.25) == pytest.approx(0.15)
    assert remaining(0.26, 0.25) == pytest.approx(0.24)
    assert remaining(0.25, 0.25) == 0.0


async def test_an_unavailable_system_costs_no_attempt(database: Database, vault: Vault) -> None:
    desk = DossierDesk(database, vault, Down(), clock=lambda: AT)
    for _ in range(10):
        assert await desk.look_up("c", "a", CODE, "4826") == UNAVAILABLE
    with database.read() as session:
        assert session.query(AttemptRow).count() == 0


async def test_right_answers_cost_nothing(desk: DossierDesk) -> None:
    for _ in range(20):
        assert isinstance(await desk.look_up("c", "a", CODE, "4826"), Dossier)


async def test_nothing_stored_tells_code_or_number(desk: DossierDesk) -> None:
    await desk.look_up("c", "a", CODE, "0000")
    with desk.database.read() as session:
        rows = [*session.query(DossierRow), *session.query(AttemptRow)]
        stored = " ".join(str(vars(row)) for row in rows)
    for secret in (CODE, APPLICANT, AUTHORISED, "4826"):
        assert secret not in stored


def test_the_setting_chooses_the_back_end(database: Database, vault: Vault) -> None:
    assert not open_desk(database, vault, None).backend.whole_number
    assert open_desk(database, vault, "http://127.0.0.1:9/").backend.whole_number


def test_digests_depend_on_key_code_and_digits() -> None:
    one, two = Vault("one secret that is long enough to be a key"), Vault("another secret that is long enough too")
    digests = {
        number_digest(one, CODE, APPLICANT),
        number_digest(two, CODE, APPLICANT),
        number_digest(one, "H00.14-261105-0013", APPLICANT),
        number_digest(one, CODE, AUTHORISED),
    }
    assert len(digests) == 4
    assert number_digest(one, CODE, "4826") == number_digest(one, CODE, APPLICANT)


def test_dossiers_handed_out_long_ago_are_forgotten(database: Database, vault: Vault) -> None:
    with database.write() as session:
        for key, returned in (("old", date(2026, 8, 1)), ("recent", date(2026, 11, 1)), ("open", None)):
            upsert(session, key, {"status": 10, "returned_on": returned, "origin": "push"}, AT)
        assert forget_returned(session, date(2026, 11, 21), 90) == 1
    with database.read() as session:
        assert {row.key for row in session.query(DossierRow)} == {"recent", "open"}
