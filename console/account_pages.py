"""One's own account: another password, one-time codes on and off."""

from __future__ import annotations

from typing import Annotated, Any

import pyotp
import segno
from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import accounts, audit
from console.accounts import TOTP, Staff
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.passwords import WeakPasswordError, hash_password, is_password
from store.crypto import InvalidToken
from store.staff import UserRow

Form = Annotated[FormData, Depends(posted)]
ACCOUNT = "/console/account"
PENDING = "staff-totp-pending"
_WRONG = "Mật khẩu hiện tại không đúng."


def account_router(console: Console) -> APIRouter:
    """Pages for everybody who is signed in."""
    router = APIRouter(route_class=ConsoleRoute)
    somebody = Depends(console.may("account"))

    @router.get(ACCOUNT)
    def account(done: str | None = None, staff: Staff = somebody) -> HTMLResponse:
        """What is kept of one's account."""
        return _page(console, staff, done=done)

    @router.post(ACCOUNT + "/password")
    def password(sent: Form, staff: Staff = somebody) -> Response:
        """Another password; all other browsers are signed out."""
        new = str(sent.get("new") or "")
        with console.database.write() as session:
            user = session.get_one(UserRow, staff.name)
            if not is_password(str(sent.get("present") or "")[:256], user.password):
                return _page(console, staff, 403, error=_WRONG)
            try:
                if new != sent.get("again"):
                    raise WeakPasswordError("Hai lần nhập mật khẩu không giống nhau.")
                user.password = hash_password(new, user.name)
            except WeakPasswordError as error:
                return _page(console, staff, 422, error=str(error))
            accounts.end_sessions(session, staff.name, keep=staff.session)
            audit.note(session, staff.name, "changed the password", staff.name)
        return see(ACCOUNT, "password")

    return router


def totp_router(console: Console) -> APIRouter:
    """One-time codes of those who are signed in."""
    router = APIRouter(route_class=ConsoleRoute)
    somebody = Depends(console.may("account"))

    @router.post(ACCOUNT + "/totp")
    def begin(staff: Staff = somebody) -> HTMLResponse:
        """A fresh secret to scan; it counts once a code of it was typed."""
        return _offer(console, staff, pyotp.random_base32())

    @router.post(ACCOUNT + "/totp/confirm")
    def confirm(sent: Form, staff: Staff = somebody) -> Response:
        """Ask for one-time codes from now on."""
        try:
            secret = console.vault.open(text_of(sent, "secret", 1000).encode(), f"{PENDING}:{staff.session}")
        except InvalidToken:
            raise Refused(422) from None
        if not pyotp.TOTP(secret).verify(text_of(sent, "code", 16), valid_window=1):
            return _offer(console, staff, secret, 422, "Mã không đúng. Hãy thử mã đang hiện trên điện thoại.")
        with console.database.write() as session:
            _set_totp(session, staff, console.vault.seal(secret, TOTP), "turned one-time codes on")
        return see(ACCOUNT, "totp_on")

    @router.post(ACCOUNT + "/totp/off")
    def off(sent: Form, staff: Staff = somebody) -> Response:
        """Ask for one-time codes no more."""
        with console.database.write() as session:
            user = session.get_one(UserRow, staff.name)
            if not is_password(str(sent.get("present") or "")[:256], user.password):
                return _page(console, staff, 403, error=_WRONG)
            _set_totp(session, staff, None, "turned one-time codes off")
        return see(ACCOUNT, "totp_off")

    return router


def _set_totp(session: Session, staff: Staff, sealed: bytes | None, action: str) -> None:
    user = session.get_one(UserRow, staff.name)
    user.totp_sealed, user.totp_step = sealed, None
    audit.note(session, staff.name, action, staff.name)


def _offer(console: Console, staff: Staff, secret: str, status: int = 200, error: str | None = None) -> HTMLResponse:
    uri = pyotp.TOTP(secret).provisioning_uri(name=staff.name, issuer_name=f"Motcua {console.profile.name}")
    sealed = console.vault.seal(secret, f"{PENDING}:{staff.session}").decode()
    image = segno.make_qr(uri, error="m").svg_data_uri(scale=4, border=4)
    return console.page(staff, "totp.html", status, secret=secret, sealed=sealed, image=image, error=error)


def _page(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        user = session.get_one(UserRow, staff.name)
    return console.page(staff, "account.html", status, user=user, **({"done": None, "error": None} | more))
