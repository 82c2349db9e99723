"""The way through the province's sign-on and back: to sign in, to link an account, to accept an invitation."""

from __future__ import annotations

import asyncio
import json
import re

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.client_address import client_address
from bot.limits import Limit
from console import accounts, audit, invitations
from console.accounts import AccountError, Staff
from console.pages import COOKIE, Console, ConsoleRoute, Refused, see
from console.sign_in_pages import inside, signed_in
from console.sso import CALLBACK, Identity, Pending, SignOn, SignOnFailed
from store.crypto import InvalidToken
from store.staff import UserRow

log = structlog.get_logger()
KEPT = "motcua_sso"
SEALED = "staff-sso"
SECONDS = 600
PER_ADDRESS = Limit(30, 600)
_FAILED = "Không đăng nhập được bằng tài khoản của tỉnh. Hãy thử lại từ trang đăng nhập."
_STRANGER = (
    "Tài khoản của tỉnh chưa được nối với tài khoản cán bộ nào. Hãy đăng nhập bằng mật khẩu rồi nối ở trang tài khoản, "
    "hoặc xin người quản trị một đường dẫn mời."
)
_TAKEN = "Tài khoản của tỉnh này đã nối với một tài khoản cán bộ khác."


def sso_router(console: Console) -> APIRouter:
    """The pages of signing on; 404 without a provider in the settings."""
    router = APIRouter(route_class=ConsoleRoute)
    somebody = Depends(console.may("account"))

    @router.get("/console/sso/start")
    async def start(request: Request, next: str = "/console", invitation: str = "") -> Response:  # noqa: A002
        """Go to the provider, to sign in or to accept an invitation."""
        if await console.limiter.retry_after(f"sso:{client_address(request)}", PER_ADDRESS):
            raise Refused(429)
        purpose, detail = ("invitation", invitation) if invitation else ("sign-in", inside(next))
        url, pending = await _begin(console, purpose, detail)
        return _keep(console, RedirectResponse(url, 303), pending)

    @router.post("/console/account/sso")
    async def link(staff: Staff = somebody) -> Response:
        """A page with the way to the provider, to link the account of whoever is signed in here."""
        url, pending = await _begin(console, "link", staff.session)
        return _keep(console, console.page(staff, "sso.html", url=url), pending)

    @router.post("/console/account/sso/off")
    def unlink(staff: Staff = somebody) -> Response:
        """Sign in through the province no more; somebody without a password keeps it."""
        with console.database.write() as session:
            user = session.get_one(UserRow, staff.name)
            if not user.password:
                raise Refused(422, "Tài khoản này không có mật khẩu, nên chỉ vào được bằng tài khoản của tỉnh.")
            user.subject = None
            audit.note(session, staff.name, "unlinked the sign-on", staff.name)
        return see("/console/account", "saved")

    @router.get(CALLBACK)
    async def back(request: Request) -> Response:
        """Whoever comes back from the provider."""
        pending = _kept(console, request)
        try:
            identity = await _provider(console).finish(pending, str(request.url))
        except SignOnFailed as error:
            log.warning("sign-on failed", reason=str(error)[:200])
            raise Refused(403, _FAILED) from error
        response = await asyncio.to_thread(_settle, console, request.cookies.get(COOKIE), pending, identity)
        response.delete_cookie(KEPT, path="/console/sso")
        return response

    return router


def _settle(console: Console, cookie: str | None, pending: Pending, identity: Identity) -> Response:
    with console.database.write() as session:
        if pending.purpose == "link":
            return _link(session, cookie, pending, identity)
        if pending.purpose == "invitation":
            path, user = "/console/account", _accept(session, pending.detail, identity)
        else:
            path, user = pending.detail, _known(session, identity)
        if user is None or not user.active:
            raise Refused(403, _STRANGER)
        before = accounts.find(session, cookie)
        if before is not None:
            accounts.sign_out(session, before)
        audit.note(session, user.name, "signed in", None, how="sso")
        return signed_in(console, see(path), accounts.open_session(session, user))


def _known(session: Session, identity: Identity) -> UserRow | None:
    return session.scalars(select(UserRow).filter_by(subject=identity.subject)).one_or_none()


def _link(session: Session, cookie: str | None, pending: Pending, identity: Identity) -> Response:
    staff = accounts.find(session, cookie)
    if staff is None or staff.session != pending.detail:
        raise Refused(403, _FAILED)
    if _known(session, identity) is not None:
        raise Refused(403, _TAKEN)
    session.get_one(UserRow, staff.name).subject = identity.subject
    audit.note(session, staff.name, "linked the sign-on", staff.name)
    return see("/console/account", "linked")


def _accept(session: Session, token: str, identity: Identity) -> UserRow | None:
    invitation = invitations.find(session, token)
    if invitation is None or invitation.user is not None:
        raise Refused(404, "Đường dẫn đã dùng hoặc đã hết hạn. Hãy xin người quản trị đường dẫn mới.")
    if _known(session, identity) is not None:
        raise Refused(403, _TAKEN)
    name = re.sub(r"[^a-z0-9._-]", "", identity.account.split("@")[0].lower())[:32]
    try:
        user = invitations.accept(session, invitation, name, identity.name[:64], None)
    except AccountError as error:
        raise Refused(422, str(error)) from error
    user.subject = identity.subject
    return user


async def _begin(console: Console, purpose: str, detail: str) -> tuple[str, Pending]:
    try:
        return await _provider(console).begin(purpose, detail)
    except SignOnFailed as error:
        log.warning("sign-on not begun", reason=str(error)[:200])
        raise Refused(403, _FAILED) from error


def _provider(console: Console) -> SignOn:
    if console.sign_on is None:
        raise Refused(404)
    return console.sign_on


def _keep(console: Console, response: RedirectResponse | HTMLResponse, pending: Pending) -> Response:
    sealed = console.vault.seal(json.dumps(pending.as_json()), SEALED).decode()
    response.set_cookie(
        KEPT, sealed, max_age=SECONDS, path="/console/sso", httponly=True, samesite="lax", secure=console.secure
    )
    return response


def _kept(console: Console, request: Request) -> Pending:
    _provider(console)
    try:
        opened = json.loads(console.vault.open(request.cookies.get(KEPT, "").encode(), SEALED))
    except InvalidToken:
        raise Refused(403, _FAILED) from None
    return Pending(**opened)
