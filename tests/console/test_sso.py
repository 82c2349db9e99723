"""The province's sign-on against a provider on loopback: who gets in, who does not, and what cannot be forged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from bot.problems import install
from console import invitations
from console.pages import COOKIE, Console
from console.router import console_router
from console.sso import SignOn
from store.engine import Database
from store.staff import AuditRow, UserRow
from tests.console.staff import PASSWORD, StaffBrowser, words
from tests.fakes.oidc_server import CLIENT_ID, CLIENT_SECRET, OidcServer
from tests.running import free_port

BASE = "http://motcua.example"
SignIn = Callable[..., StaffBrowser]


@pytest.fixture(scope="module")
def served() -> Iterator[OidcServer]:
    port = free_port()
    made = OidcServer(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(made.app(), port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield made
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def provider(served: OidcServer) -> OidcServer:
    served.wrong, served.person = "", {"sub": "s-1", "preferred_username": "Ha@tinh.example", "name": "Cán bộ Hà"}
    return served


@pytest.fixture
def app(console: Console, provider: OidcServer) -> FastAPI:
    made = FastAPI()
    install(made)
    sign_on = SignOn(provider.issuer, CLIENT_ID, CLIENT_SECRET, BASE)
    made.include_router(console_router(replace(console, sign_on=sign_on)))
    return made


def _at_the_provider(address: str) -> str:
    """Follow a browser to the provider; the path and query it comes back with."""
    back = httpx.get(address, trust_env=False).headers["location"]
    assert back.startswith(f"{BASE}/console/sso/callback?")
    return back.removeprefix(BASE)


def _through(browser: StaffBrowser, path: str) -> httpx.Response:
    there = browser.http.get(path, follow_redirects=False).headers["location"]
    return browser.open(_at_the_provider(there))


def _link(browser: StaffBrowser) -> httpx.Response:
    page = browser.send("/console/account/sso")
    address = page.text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    return browser.open(_at_the_provider(address))


def test_a_linked_account_signs_in_and_goes_on(sign_in: SignIn, app: FastAPI, database: Database) -> None:
    linked = _link(sign_in("curator", "bien"))
    assert "Đã nối" in words(linked)
    other = StaffBrowser(TestClient(app, base_url=BASE))
    assert "Đăng nhập bằng tài khoản của tỉnh" in words(other.open("/console/sign-in"))
    arrived = _through(other, "/console/sso/start?next=/console/entries")
    assert arrived.url.path == "/console/entries"
    with database.read() as session:
        how = [row.details.get("how") for row in session.scalars(select(AuditRow).filter_by(action="signed in"))]
    assert how == ["sso"]
    other.send("/console/account/sso/off")
    assert _through(StaffBrowser(TestClient(app, base_url=BASE)), "/console/sso/start").status_code == 403


def test_an_invitation_is_accepted_without_a_password(browser: StaffBrowser, database: Database) -> None:
    with database.write() as session:
        path = invitations.invite(session, "agent")
    assert "Dùng tài khoản của tỉnh" in words(browser.open(path))
    assert _through(browser, f"/console/sso/start?invitation={path.rsplit('/', 1)[1]}").url.path == "/console/account"
    with database.read() as session:
        user = session.scalars(select(UserRow)).one()
    assert (user.name, user.display_name, user.role, user.password) == ("ha", "Cán bộ Hà", "agent", "")
    assert browser.send("/console/account/sso/off").status_code == 422
    browser.send("/console/sign-out")
    assert browser.sign_in("ha", "").status_code == 401
    assert browser.sign_in("ha", PASSWORD).status_code == 401


def test_a_stranger_is_told_what_to_do(browser: StaffBrowser) -> None:
    refused = _through(browser, "/console/sso/start")
    assert refused.status_code == 403
    assert "chưa được nối" in words(refused)
    assert COOKIE not in browser.http.cookies


def test_a_closed_account_stays_out(sign_in: SignIn, browser: StaffBrowser, database: Database) -> None:
    _link(sign_in("agent", "binh"))
    with database.write() as session:
        session.get_one(UserRow, "binh").active = False
    assert _through(browser, "/console/sso/start").status_code == 403


@pytest.mark.parametrize("wrong", ["nonce", "audience", "issuer", "key", "time"])
def test_a_token_that_is_wrong_in_one_way_is_refused(
    sign_in: SignIn, browser: StaffBrowser, provider: OidcServer, wrong: str
) -> None:
    _link(sign_in())
    provider.wrong = wrong
    refused = _through(browser, "/console/sso/start")
    assert refused.status_code == 403
    assert COOKIE not in browser.http.cookies


def test_a_reply_to_another_browser_or_state_is_refused(sign_in: SignIn, app: FastAPI) -> None:
    _link(sign_in())
    first, second = (StaffBrowser(TestClient(app, base_url=BASE)) for _ in range(2))
    back = _at_the_provider(first.http.get("/console/sso/start", follow_redirects=False).headers["location"])
    assert second.open(back).status_code == 403
    second.http.get("/console/sso/start", follow_redirects=False)
    assert second.open(back).status_code == 403
    assert first.open(back).status_code == 200
    assert first.open(back).status_code == 403


def test_linking_ends_with_the_session_that_began_it(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    page = browser.send("/console/account/sso")
    back = _at_the_provider(page.text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&"))
    browser.send("/console/sign-out")
    assert browser.open(back).status_code == 403
    with database.read() as session:
        assert session.get_one(UserRow, "agent1").subject is None


def test_one_account_of_the_province_is_one_of_ours(sign_in: SignIn) -> None:
    _link(sign_in(name="ha"))
    refused = _link(sign_in(name="binh"))
    assert "đã nối với một tài khoản cán bộ khác" in words(refused)


def test_one_goes_on_inside_the_console_only(sign_in: SignIn, app: FastAPI) -> None:
    _link(sign_in())
    other = StaffBrowser(TestClient(app, base_url=BASE))
    there = other.http.get("/console/sso/start?next=https://evil.example/", follow_redirects=False).headers["location"]
    arrived = other.http.get(_at_the_provider(there), follow_redirects=False)
    assert urlsplit(arrived.headers["location"]).netloc == ""
    assert arrived.headers["location"] == "/console"


def test_without_a_provider_there_is_no_way(console: Console) -> None:
    made = FastAPI()
    install(made)
    made.include_router(console_router(console))
    assert TestClient(made, base_url=BASE).get("/console/sso/start").status_code == 404
