"""Signing in: what gets in, what does not, and how a session begins and ends."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from console import accounts
from console.accounts import TOTP, add_user
from console.pages import COOKIE, FORM_COOKIE, Console
from console.passwords import WeakPasswordError
from console.router import welcome
from store.base import now
from store.crypto import Vault
from store.engine import Database
from store.staff import AuditRow, InvitationRow, StaffSessionRow, UserRow
from tests.console.staff import PASSWORD, StaffBrowser, words

SignIn = Callable[..., StaffBrowser]
OTHER = "Mùa hè có hoa phượng 2026"


def _user(database: Database, role: str = "agent") -> None:
    with database.write() as session:
        add_user(session, "ha", "Cán bộ Hà", role, PASSWORD)


def test_the_right_password_opens_a_session(database: Database, browser: StaffBrowser) -> None:
    _user(database)
    assert "Yêu cầu của người dân" in words(browser.sign_in("ha"))
    assert browser.open("/console").status_code == 200
    with database.read() as session:
        row = session.scalars(select(StaffSessionRow)).one()
        user = session.get_one(UserRow, "ha")
    cookie = browser.http.cookies[COOKIE]
    assert row.token_hash == hashlib.sha256(cookie.encode()).hexdigest()
    assert user.password.startswith("$argon2id$")
    assert timedelta(hours=7, minutes=59) < row.expires_at - row.created_at <= timedelta(hours=8)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(database: Database, browser: StaffBrowser) -> None:
    _user(database)
    browser.open("/console/sign-in")
    sent = browser.send("/console/sign-in", follow=False, name="ha", password=PASSWORD).headers.get_list("set-cookie")
    kept = next(cookie for cookie in sent if cookie.startswith(COOKIE))
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert "Path=/console" in kept


@pytest.mark.parametrize(("name", "password"), [("ha", "sai mật khẩu rồi"), ("khongco", PASSWORD), ("ha", "")])
def test_what_is_wrong_is_not_told_apart(database: Database, browser: StaffBrowser, name: str, password: str) -> None:
    _user(database)
    refused = browser.sign_in(name, password)
    assert refused.status_code == 401
    assert "không đúng, hoặc tài khoản đang tạm khoá" in words(refused)
    assert COOKIE not in browser.http.cookies


def test_five_failures_lock_the_account_and_time_opens_it(database: Database, browser: StaffBrowser) -> None:
    _user(database)
    for _ in range(accounts.FAILURES):
        assert browser.sign_in("ha", "sai mật khẩu rồi").status_code == 401
    assert browser.sign_in("ha").status_code == 401
    with database.write() as session:
        assert session.scalars(select(AuditRow).where(AuditRow.action == "locked out")).one().user == "ha"
        session.get_one(UserRow, "ha").locked_until = now() - timedelta(seconds=1)
    assert browser.sign_in("ha").status_code == 200


def test_a_cookie_from_before_is_not_taken_over(database: Database, browser: StaffBrowser) -> None:
    _user(database)
    browser.open("/console/sign-in")
    browser.http.headers["cookie"] = f"{COOKIE}=chosen-by-somebody-else; {FORM_COOKIE}={browser.csrf}"
    browser.send("/console/sign-in", follow=False, name="ha", password=PASSWORD)
    del browser.http.headers["cookie"]
    first = browser.http.cookies[COOKIE]
    assert first != "chosen-by-somebody-else"
    browser.sign_in("ha")
    assert browser.http.cookies[COOKIE] != first
    with database.read() as session:
        assert len(session.scalars(select(StaffSessionRow)).all()) == 1


def test_signing_in_needs_the_token_of_its_page(database: Database, browser: StaffBrowser) -> None:
    _user(database)
    browser.open("/console/sign-in")
    browser.csrf = "of another page"
    assert browser.send("/console/sign-in", name="ha", password=PASSWORD).status_code == 403
    browser.http.cookies.clear()
    browser.csrf = ""
    assert browser.send("/console/sign-in", name="ha", password=PASSWORD).status_code == 403


def test_one_goes_on_inside_the_console_only(database: Database, browser: StaffBrowser) -> None:
    _user(database)
    assert browser.open("/console/tickets/x").url.params["next"] == "/console/tickets/x"
    for wish in ("https://evil.example/console", "//evil.example/console", "/console\\..\\\\evil", "/widget.js"):
        browser.open("/console/sign-in")
        sent = browser.send("/console/sign-in", follow=False, name="ha", password=PASSWORD, next=wish)
        assert sent.headers["location"] == "/console", wish


@pytest.mark.parametrize("change", [{"expires_at": timedelta(seconds=-1)}, {"seen_at": -accounts.IDLE}])
def test_a_session_ends_by_age_and_by_idleness(
    sign_in: SignIn, database: Database, change: dict[str, timedelta]
) -> None:
    browser = sign_in()
    with database.write() as session:
        row = session.scalars(select(StaffSessionRow)).one()
        for column, offset in change.items():
            setattr(row, column, now() + offset)
    assert browser.open("/console").url.path == "/console/sign-in"


def test_being_there_is_noted_and_keeps_the_session(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    with database.write() as session:
        session.scalars(select(StaffSessionRow)).one().seen_at = now() - timedelta(minutes=20)
    browser.open("/console")
    with database.read() as session:
        assert session.scalars(select(StaffSessionRow)).one().seen_at > now() - timedelta(minutes=1)


def test_signing_out_ends_the_session_in_the_store(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    cookie = browser.http.cookies[COOKIE]
    assert "Đã đăng xuất" in words(browser.send("/console/sign-out"))
    browser.http.cookies.set(COOKIE, cookie, path="/console")
    assert browser.open("/console").url.path == "/console/sign-in"


def test_a_closed_account_is_out_at_once(sign_in: SignIn, database: Database) -> None:
    browser = sign_in()
    with database.write() as session:
        session.get_one(UserRow, "agent1").active = False
    assert browser.open("/console").url.path == "/console/sign-in"
    assert browser.sign_in("agent1").status_code == 401


def test_a_one_time_code_is_needed_and_good_once(database: Database, vault: Vault, browser: StaffBrowser) -> None:
    _user(database)
    secret = pyotp.random_base32()
    with database.write() as session:
        session.get_one(UserRow, "ha").totp_sealed = vault.seal(secret, TOTP)
    assert browser.sign_in("ha").status_code == 401
    code = pyotp.TOTP(secret).at(now())
    assert browser.sign_in("ha", code=code).status_code == 200
    assert browser.sign_in("ha", code=code).status_code == 401


def test_the_first_start_prints_a_link_that_works_once(
    console: Console, browser: StaffBrowser, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    welcome(console)
    path = capsys.readouterr().out.split(console.base_url)[1].strip()
    welcome(console)
    other = capsys.readouterr().out.split(console.base_url)[1].strip()
    assert "Quản trị" in words(browser.open(path))
    fields = {"name": "quantri", "display_name": "Quản trị viên", "password": PASSWORD, "again": PASSWORD}
    assert "ngắn" not in words(browser.send(path, **fields))
    assert browser.open("/console").status_code == 200
    assert browser.open(path).status_code == 404
    assert browser.open(other).status_code == 404
    welcome(console)
    assert capsys.readouterr().out == ""
    with database.read() as session:
        assert session.get_one(UserRow, "quantri").role == "admin"
        assert path.rsplit("/", 1)[1] not in {row.token_hash for row in session.scalars(select(InvitationRow))}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"again": "khác hẳn lần đầu"}, "không giống nhau"),
        ({"password": "ngan", "again": "ngan"}, "từ 12 đến 128"),
        ({"name": "Hà Nội"}, "chữ thường không dấu"),
    ],
)
def test_an_account_that_cannot_be_is_explained(
    console: Console,
    browser: StaffBrowser,
    fields: dict[str, str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    welcome(console)
    path = capsys.readouterr().out.split(console.base_url)[1].strip()
    browser.open(path)
    sent = {"name": "ha", "display_name": "Hà", "password": PASSWORD, "again": PASSWORD} | fields
    refused = browser.send(path, **sent)
    assert refused.status_code == 422
    assert sentence in words(refused)


def test_who_forgot_the_password_chooses_another_with_a_link_that_works_once(
    sign_in: SignIn, browser: StaffBrowser, database: Database, vault: Vault
) -> None:
    forgetful = sign_in("agent")
    with database.write() as session:
        user = session.get_one(UserRow, "agent1")
        user.totp_sealed, user.locked_until = vault.seal(pyotp.random_base32(), TOTP), now() + timedelta(minutes=9)
    admin = sign_in("admin")
    admin.open("/console/users")
    links = [
        found[1]
        for _ in range(2)
        if (
            found := re.search(
                r"http://motcua.example(/console/\S+?)<", admin.send("/console/users/agent1/password").text
            )
        )
    ]
    assert forgetful.open("/console").url.path == "/console/sign-in"
    assert browser.sign_in("agent1").status_code == 401
    assert links[1] not in admin.open("/console/users").text
    assert browser.open(links[0]).status_code == 404
    assert "agent1" in words(browser.open(links[1]))
    weak = browser.send(links[1], password="agent1 agent1", again="agent1 agent1")
    assert (weak.status_code, "quá dễ đoán" in words(weak)) == (422, True)
    assert browser.send(links[1], password=OTHER, again=OTHER).url.path == "/console/account"
    assert browser.open("/console").url.path == "/console"
    assert browser.open(links[1]).status_code == 404
    assert browser.sign_in("agent1").status_code == 401
    assert browser.sign_in("agent1", OTHER).status_code == 200
    with database.read() as session:
        notes = [(note.user, note.action, note.target) for note in session.scalars(select(AuditRow))]
    assert notes.count(("admin1", "reset the password", "agent1")) == 2
    assert ("agent1", "chose a new password", "agent1") in notes


def test_nobody_resets_their_own_password_or_one_that_is_not_there(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.open("/console/users")
    assert admin.send("/console/users/admin1/password").status_code == 409
    assert admin.send("/console/users/khongco/password").status_code == 404


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "ha ha ha ha ha ha ha"])
def test_weak_passwords_are_refused(database: Database, password: str) -> None:
    with database.write() as session, pytest.raises(WeakPasswordError):
        add_user(session, "ha", "Hà", "agent", password)
