"""Signing in and out, and accepting an invitation."""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from bot.client_address import client_address
from bot.limits import Limit
from console import accounts, invitations
from console.accounts import AccountError, Staff
from console.pages import (
    COOKIE,
    FORM_COOKIE,
    SIGN_IN,
    Console,
    ConsoleRoute,
    Refused,
    check_token,
    posted,
    see,
    text_of,
)
from console.passwords import WeakPasswordError
from store.staff import InvitationRow

PER_ADDRESS = Limit(30, 600)
_WRONG = "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng, hoặc tài khoản đang tạm khoá."


def sign_in_router(console: Console) -> APIRouter:
    """The pages for those who are not signed in yet, and the way out."""
    router = APIRouter(route_class=ConsoleRoute)
    account = Depends(console.may("account"))

    @router.get(SIGN_IN)
    def form(next: str = "/console", done: str | None = None) -> HTMLResponse:  # noqa: A002
        """The sign-in form."""
        return _with_token(console, "sign_in.html", next=inside(next), done=done, error=None)

    @router.post(SIGN_IN)
    async def sign_in(request: Request, sent: Annotated[FormData, Depends(posted)]) -> Response:
        """Open a session with a new cookie; what the browser had before is not taken over."""
        await check_token(request, request.cookies.get(FORM_COOKIE, ""))
        if await console.limiter.retry_after(f"sign-in:{client_address(request)}", PER_ADDRESS):
            raise Refused(429)
        next_ = inside(text_of(sent, "next"))
        token = await asyncio.to_thread(_try, console, sent, request.cookies.get(COOKIE))
        if token is None:
            return _with_token(console, "sign_in.html", 401, next=next_, done=None, error=_WRONG)
        return signed_in(console, see(next_), token)

    @router.post("/console/sign-out")
    def sign_out(staff: Staff = account) -> Response:
        """End the session."""
        with console.database.write() as session:
            accounts.sign_out(session, staff)
        response = see(SIGN_IN, "signed_out")
        response.delete_cookie(COOKIE, path="/console")
        return response

    @router.get(invitations.PATH + "{token}")
    def invitation(token: str) -> HTMLResponse:
        """The form behind a one-time link."""
        return _invited(console, token)

    @router.post(invitations.PATH + "{token}")
    async def accept(request: Request, token: str, sent: Annotated[FormData, Depends(posted)]) -> Response:
        """Make the account, or give it its new password, and sign its owner in."""
        await check_token(request, request.cookies.get(FORM_COOKIE, ""))
        try:
            cookie = await asyncio.to_thread(_accept, console, token, sent)
        except (AccountError, WeakPasswordError) as error:
            values = {name: text_of(sent, name, 128) for name in ("name", "display_name")}
            return await asyncio.to_thread(partial(_invited, console, token, 422, error=str(error), **values))
        return signed_in(console, see("/console/account", "welcome"), cookie)

    return router


def _try(console: Console, sent: FormData, before: str | None) -> str | None:
    name, password = text_of(sent, "name", 64).lower(), str(sent.get("password") or "")[:256]
    with console.database.write() as session:
        old = accounts.find(session, before)
        found = accounts.sign_in(session, console.vault, name, password, text_of(sent, "code", 16))
        if found is None:
            return None
        if old is not None:
            accounts.sign_out(session, old)
        return found[1]


def _accept(console: Console, token: str, sent: FormData) -> str:
    password = str(sent.get("password") or "")
    if password != sent.get("again"):
        raise WeakPasswordError("Hai lần nhập mật khẩu không giống nhau.")
    with console.database.write() as session:
        row = _valid(session, token)
        if row.user is not None:
            return accounts.open_session(session, invitations.renew(session, row, password))
        user = invitations.accept(session, row, text_of(sent, "name", 64), text_of(sent, "display_name", 128), password)
        return accounts.open_session(session, user)


def _valid(session: Session, token: str) -> InvitationRow:
    row = invitations.find(session, token)
    if row is None:
        raise Refused(404, "Đường dẫn đã dùng hoặc đã hết hạn. Hãy xin người quản trị đường dẫn mới.")
    return row


def _invited(console: Console, token: str, status: int = 200, **more: str | None) -> HTMLResponse:
    """The form of a new account, or of the new password of an old one."""
    with console.database.read() as session:
        row = _valid(session, token)
    values: dict[str, str | None] = {"error": None, "name": "", "display_name": ""} | more
    if row.user is not None:
        return _with_token(console, "new_password.html", status, user=row.user, error=values["error"])
    return _with_token(console, "invitation.html", status, role=row.role, token=token, **values)


def inside(next_: str) -> str:
    """A path of the console, whatever was asked for."""
    parts = urlsplit(next_)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith("/console") and "\\" not in next_
    return parts.path if inside else "/console"


def _with_token(console: Console, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page for nobody yet, whose form carries the same fresh token as a cookie."""
    token = secrets.token_urlsafe(32)
    page = console.page(None, template, status, csrf=token, **values)
    page.set_cookie(FORM_COOKIE, token, path="/console", httponly=True, samesite="lax", secure=console.secure)
    return page


def signed_in(console: Console, response: Response, token: str) -> Response:
    """A response with the cookie of a new session."""
    longest = int(accounts.LONGEST.total_seconds())
    response.set_cookie(
        COOKIE, token, max_age=longest, path="/console", httponly=True, samesite="lax", secure=console.secure
    )
    response.delete_cookie(FORM_COOKIE, path="/console")
    return response
