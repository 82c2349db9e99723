"""Each role of the database can do its work and nothing beyond."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from store import migrate
from store.base import new_id
from store.conversations import ConversationRow
from store.engine import Database
from store.trackers import TrackerEraser
from tests.deploy.conftest import ROLES
from tests.servers import Postgres

ROLE_NAMES = ("motcua_owner", "motcua_app", "motcua_rasa", "motcua_backup")
FORBIDDEN = (
    ("motcua_app", "CREATE TABLE mine (id int)"),
    ("motcua_app", "DROP TABLE conversations"),
    ("motcua_app", "ALTER TABLE conversations ADD COLUMN more text"),
    ("motcua_app", "TRUNCATE conversations CASCADE"),
    ("motcua_app", "INSERT INTO rasa.events (sender_id) VALUES ('x')"),
    ("motcua_app", "CREATE ROLE another"),
    ("motcua_rasa", "SELECT * FROM public.conversations"),
    ("motcua_rasa", "SELECT * FROM public.sealed_values"),
    ("motcua_rasa", "CREATE TABLE public.mine (id int)"),
    ("motcua_backup", "DELETE FROM conversations"),
    ("motcua_backup", "INSERT INTO conversations (id) VALUES ('x')"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of its own: roles belong to a whole server."""
    with Postgres() as made:
        made.create("motcua")
        made.script("motcua", ROLES)
        owner = Database(made.url("motcua", "motcua_owner"))
        migrate.upgrade(owner)
        owner.close()
        with psycopg.connect(made.address("motcua", "motcua_rasa")) as rasa:
            rasa.execute("CREATE TABLE events (id serial PRIMARY KEY, sender_id text)")
            rasa.execute("INSERT INTO events (sender_id) VALUES ('c')")
        yield made


def test_the_gateway_reads_writes_and_erases_trackers(server: Postgres) -> None:
    database = Database(server.url("motcua", "motcua_app"))
    id_ = new_id()
    with database.write() as session:
        session.add(ConversationRow(id=id_, channel="web"))
    with database.read() as session:
        assert session.get(ConversationRow, id_) is not None
    migrate.upgrade(database)
    database.close()
    eraser = TrackerEraser(server.url("motcua", "motcua_app"))
    assert eraser.erase("c") == 1
    eraser.close()


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
def test_what_a_role_must_not_do_is_refused(server: Postgres, role: str, statement: str) -> None:
    with (
        psycopg.connect(server.address("motcua", role)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_no_role_is_an_administrator(server: Postgres, role: str) -> None:
    with psycopg.connect(server.address("postgres")) as connection:
        rights = (
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = %s"
        )
        assert connection.execute(rights, (role,)).fetchone() == (False,) * 5
