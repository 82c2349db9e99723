"""Accounts of staff: invite, change the role, close and open again, help who lost the phone or the password."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from console import accounts, audit, invitations
from console.accounts import Staff
from console.pages import Console, ConsoleRoute, Refused, posted, see, text_of
from console.roles import ROLES
from store.staff import UserRow

Form = Annotated[FormData, Depends(posted)]
USERS = "/console/users"


def user_router(console: Console) -> APIRouter:
    """Pages for administrators."""
    router = APIRouter(route_class=ConsoleRoute)
    admin = Depends(console.may("users"))

    @router.get(USERS)
    def users(done: str | None = None, staff: Staff = admin) -> HTMLResponse:
        """All accounts."""
        return _page(console, staff, done=done)

    @router.post(USERS + "/invite")
    def invite(sent: Form, staff: Staff = admin) -> HTMLResponse:
        """A one-time link for somebody new, shown once."""
        role = _role(sent)
        with console.database.write() as session:
            link = console.base_url + invitations.invite(session, role)
            audit.note(session, staff.name, "invited", None, role=role)
        return _page(console, staff, link=link)

    @router.post(USERS + "/{name}")
    def change(name: str, sent: Form, staff: Staff = admin) -> Response:
        """Change an account; its sessions end. Nobody changes their own, so that an administrator always remains."""
        if name == staff.name:
            return _page(console, staff, 409, error="Không tự sửa vai trò hay khoá tài khoản của chính mình.")
        with console.database.write() as session:
            user = session.get(UserRow, name)
            if user is None:
                raise Refused(404)
            _change(session, staff, user, sent)
        return see(USERS, "saved")

    @router.post(USERS + "/{name}/password")
    def reset(name: str, staff: Staff = admin) -> HTMLResponse:
        """A one-time link with which somebody chooses another password, shown once; what they signed in with ends."""
        if name == staff.name:
            return _page(console, staff, 409, error="Mật khẩu của chính mình: đổi ở trang tài khoản.")
        with console.database.write() as session:
            user = session.get(UserRow, name)
            if user is None:
                raise Refused(404)
            link = console.base_url + invitations.reset(session, user)
            audit.note(session, staff.name, "reset the password", user.name)
        return _page(console, staff, link=link, renewed=name)

    return router


def _change(session: Session, staff: Staff, user: UserRow, sent: FormData) -> None:
    user.role, user.active = _role(sent), bool(sent.get("active"))
    if sent.get("unlock"):
        user.failures, user.locked_until = 0, None
    if sent.get("totp_off"):
        user.totp_sealed = None
    accounts.end_sessions(session, user.name)
    audit.note(
        session, staff.name, "changed an account", user.name, role=user.role, active=user.active,
        unlocked=bool(sent.get("unlock")), totp_off=bool(sent.get("totp_off")),
    )  # fmt: skip


def _role(sent: FormData) -> str:
    role = text_of(sent, "role", 16)
    if role not in ROLES:
        raise Refused(422)
    return role


def _page(console: Console, staff: Staff, status: int = 200, **more: Any) -> HTMLResponse:
    with console.database.read() as session:
        users = list(session.scalars(select(UserRow).order_by(UserRow.name)))
    values: dict[str, Any] = {"done": None, "error": None, "link": None, "renewed": None} | more
    return console.page(staff, "users.html", status, users=users, roles=ROLES, **values)
