"""The console over an empty store, and browsers of staff."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.conversation import Conversation
from bot.dialogue import RasaClient
from bot.feed import Feed
from bot.limits import RateLimiter
from bot.problems import install
from console.accounts import open_session
from console.pages import COOKIE, Console
from console.passwords import hash_password
from console.router import console_router
from knowledge.encoder import Encoder, load_encoder
from knowledge.live import LiveKnowledge
from knowledge.province import load_profile
from knowledge.publish import LiveSnapshot, Press, publish
from knowledge.seeding import load_seed, sync
from knowledge.vector_cache import VectorCache
from settings import get_settings
from store import migrate
from store.crypto import Vault
from store.engine import Database
from store.staff import UserRow
from tests.console.staff import PASSWORD, StaffBrowser
from tests.running import free_port

CHOSEN = {"1.001193", "1.000894", "1.000656", "1.004873", "1.001456", "3.000347", "1.004194", "faq-001", "faq-151"}
BASE = "http://motcua.example"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(get_settings().encoder_path)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, which every test copies."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    made = Database(f"sqlite:///{path}")
    migrate.upgrade(made)
    made.close()
    return path


@pytest.fixture
def database(empty_store: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(empty_store, tmp_path / "motcua.db")
    made = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield made
    made.close()


@pytest.fixture
def press(database: Database, encoder: Encoder, tmp_path: Path) -> Press:
    return Press(database, tmp_path / "snapshots", VectorCache(encoder, tmp_path / "vectors.db"))


@pytest.fixture
def console(database: Database, vault: Vault, press: Press) -> Console:
    profile = load_profile("tinh-mau")
    knowledge = LiveKnowledge(LiveSnapshot(press), profile)
    return Console(database, vault, Feed(None), RateLimiter(None), knowledge, press, profile, BASE)


@pytest.fixture
async def conversation(console: Console) -> AsyncIterator[Conversation]:
    """A replica whose Rasa is down."""
    console.knowledge.load()
    rasa = RasaClient(f"http://127.0.0.1:{free_port()}", "token")
    yield Conversation(console.database, console.vault, console.knowledge, rasa, console.feed, "test")
    await rasa.close()


@pytest.fixture
def app(console: Console) -> FastAPI:
    made = FastAPI()
    install(made)
    made.include_router(console_router(console))
    return made


@pytest.fixture
def browser(app: FastAPI) -> Iterator[StaffBrowser]:
    """A browser in which nobody is signed in."""
    with TestClient(app, base_url=BASE) as http:
        yield StaffBrowser(http)


@lru_cache(maxsize=1)
def password_hash() -> str:
    """The hash of the password of the tests, made once: it is slow on purpose."""
    return hash_password(PASSWORD, "nobody")


@pytest.fixture
def sign_in(app: FastAPI, database: Database) -> Callable[..., StaffBrowser]:
    """Makes the account of a role with an open session, in a browser of its own."""

    def signed_in(role: str = "agent", name: str = "") -> StaffBrowser:
        name = name or f"{role}1"
        with database.write() as session:
            user = UserRow(name=name, display_name=f"Cán bộ {name}", role=role, password=password_hash())
            session.add(user)
            session.flush()
            cookie = open_session(session, user)
        browser = StaffBrowser(TestClient(app, base_url=BASE))
        browser.http.cookies.set(COOKIE, cookie, path="/console")
        browser.open("/console/account")
        return browser

    return signed_in


@pytest.fixture(scope="session")
def small_base(tmp_path_factory: pytest.TempPathFactory, empty_store: Path, encoder: Encoder) -> Path:
    """A small knowledge base that is live: a store, its snapshot and its vectors, which every test copies."""
    folder = tmp_path_factory.mktemp("base")
    shutil.copy(empty_store, folder / "motcua.db")
    made = Database(f"sqlite:///{folder / 'motcua.db'}")
    with made.write() as session:
        sync(session, [entry for entry in load_seed() if entry.id in CHOSEN])
    publish(Press(made, folder / "snapshots", VectorCache(encoder, folder / "vectors.db")), "test")
    made.close()
    return folder


@pytest.fixture
def live_database(small_base: Path, tmp_path: Path) -> Iterator[Database]:
    """A store with a small knowledge base that is live."""
    shutil.copytree(small_base, tmp_path, dirs_exist_ok=True)
    made = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield made
    made.close()
