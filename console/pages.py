"""How a console page is made, who may see it, and what a refused request looks like.

Every route is a `ConsoleRoute`: whatever goes wrong becomes a Vietnamese page with the right status.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData

from bot.channels.web.embedding import page_headers
from bot.feed import Feed
from bot.limits import RateLimiter
from console import accounts, admin_words, wording
from console.accounts import Staff
from console.checks import Checks
from console.desk import Deliver
from console.preview import Sound, Speak
from console.roles import ROLE_NAMES, Permission, allowed
from console.sso import SignOn
from knowledge.live import LiveKnowledge
from knowledge.province import Profile
from knowledge.publish import Press
from store.crypto import Vault
from store.engine import Database

COOKIE = "motcua_staff"
FORM_COOKIE = "motcua_form"
LIVE = "Motcua-Live"  # sent when a page brings itself up to date, which keeps nobody signed in
LARGEST_BODY = 1 << 20
SIGN_IN = "/console/sign-in"
_ERRORS = {
    400: "Yêu cầu không hợp lệ.",
    403: "Vai trò của anh/chị không được làm việc này.",
    404: "Không có trang này.",
    413: "Nội dung gửi lên quá dài.",
    422: "Nội dung gửi lên thiếu hoặc sai.",
    429: "Thử quá nhiều lần. Xin chờ một lát.",
}


class Refused(Exception):
    """A request that is answered with an error page. status: HTTP code. sentence: in place of the usual one."""

    def __init__(self, status: int, sentence: str | None = None) -> None:
        super().__init__(status)
        self.status, self.sentence = status, sentence or _ERRORS[status]


class SignInNeeded(Exception):
    """Nobody is signed in. next: where to go afterwards."""

    def __init__(self, next_: str) -> None:
        super().__init__(next_)
        self.next = next_


@dataclass(frozen=True)
class Console:
    """What all pages of the console work with.

    speak: a message in the pieces that the telephone says. sound: a text as a WAV file; None where nothing speaks.
    deliver: as `bot.conversation.Conversation.deliver`.
    erase_tracker: deletes what the dialogue keeps of a conversation. sign_on: the province's own accounts.
    """

    database: Database
    vault: Vault
    feed: Feed
    limiter: RateLimiter
    knowledge: LiveKnowledge
    press: Press
    profile: Profile
    base_url: str
    speak: Speak = lambda message: (message.spoken or message.text,)
    deliver: dict[str, Deliver] = field(default_factory=dict)
    erase_tracker: Callable[[str], int] = lambda conversation_id: 0
    sign_on: SignOn | None = None
    sound: Sound | None = None

    @property
    def checks(self) -> Checks:
        """What tells whether an entry may be published."""
        return Checks(self.knowledge, self.press.cache)

    @property
    def secure(self) -> bool:
        """Whether cookies are for HTTPS only."""
        return self.base_url.startswith("https://")

    def page(self, staff: Staff | None, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page for somebody signed in, or for nobody."""
        text = _TEMPLATES.get_template(template).render(
            staff=staff, province=self.profile, sso=self.sign_on is not None,
            section=wording.HERE.get(template.removesuffix(".html")), **values,
        )  # fmt: skip
        return HTMLResponse(text, status, headers=page_headers(self.base_url))

    def may(self, permission: Permission) -> Callable[[Request], Coroutine[Any, Any, Staff]]:
        """A dependency: the member of staff, who is signed in, has the permission and, to change, sent the token."""

        async def check(request: Request) -> Staff:
            acting = LIVE not in request.headers
            staff = await asyncio.to_thread(self._signed_in, request.cookies.get(COOKIE), acting)
            if staff is None:
                raise SignInNeeded(request.url.path if request.method == "GET" else "/console")
            if not allowed(staff.role, permission):
                raise Refused(403)
            if request.method != "GET":
                await check_token(request, staff.csrf)
            return staff

        return check

    def _signed_in(self, cookie: str | None, acting: bool) -> Staff | None:
        with self.database.read() as session:
            staff = accounts.find(session, cookie)
            due = staff is not None and accounts.to_be_noted(session, staff, acting=acting)
        if staff is not None and due:
            with self.database.write() as session:
                accounts.seen(session, staff, acting=acting)
        return staff


class ConsoleRoute(APIRoute):
    """A route whose refusals are pages. most_bytes: the longest body it takes."""

    most_bytes = LARGEST_BODY

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with what may be raised turned into responses."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            if int(request.headers.get("content-length") or 0) > self.most_bytes:
                return error_page(request, 413)
            try:
                return await handle(request)
            except SignInNeeded as needed:
                return RedirectResponse(f"{SIGN_IN}?next={quote(needed.next)}", 303)
            except Refused as refused:
                return error_page(request, refused.status, refused.sentence)
            except RequestValidationError:
                return error_page(request, 422)

        return handled


def error_page(request: Request, status: int, sentence: str | None = None) -> HTMLResponse:
    """A page that says why a request was refused."""
    text = _TEMPLATES.get_template("error.html").render(
        staff=None, section=None, status=status, sentence=sentence or _ERRORS[status]
    )
    return HTMLResponse(text, status, headers=page_headers(str(request.base_url).rstrip("/")))


async def posted(request: Request) -> FormData:
    """The form that was sent."""
    return await request.form()


async def check_token(request: Request, expected: str) -> None:
    """Refuse a form that does not carry the token of its session, so that no foreign page can send it."""
    given = (await request.form()).get("csrf")
    if not isinstance(given, str) or not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Refused(403, "Trang đã cũ hoặc mở từ nơi khác. Hãy tải lại trang rồi làm lại.")


def text_of(form: FormData, name: str, longest: int = 10_000) -> str:
    """A field of a form as text without spaces around it, empty when it is missing. Raises Refused when too long."""
    value = form.get(name)
    text = value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""
    if len(text) > longest:
        raise Refused(413)
    return text


def see(path: str, done: str | None = None) -> RedirectResponse:
    """Go to a page after a change. done: key of the sentence that the page shows."""
    return RedirectResponse(f"{path}?done={done}" if done else path, 303)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"shown": wording.shown, "clock": wording.clock, "since": wording.since}
    made.globals |= {"words": wording, "admin": admin_words, "role_names": ROLE_NAMES}
    made.globals["may"] = lambda staff, what: allowed(staff.role, what)
    return made


_TEMPLATES = _environment()
