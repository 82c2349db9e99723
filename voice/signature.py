"""Who may post: the carrier, by its signature over the public address, or the simulator of this machine.

The signature is Twilio's: HMAC-SHA1 over the address and the sorted parameters. Behind a proxy the address is rebuilt
from PUBLIC_BASE_URL; the validator tries it with and without its port.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, WebSocket
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from bot.problems import Problem

HEADER = "X-Twilio-Signature"
NOW_HEADER, STREAM_HEADER, CLIENT_HEADER = "X-Simulator-Now", "X-Simulator-Stream", "X-Simulator-Client"
_LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Signed:
    """The parameters of a post whose signature is right. simulated: it came from the simulator.

    client: the address of the browser that the simulator calls for, if it calls for one.
    """

    values: dict[str, str]
    simulated: bool
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """base: public address. carrier_token: of the carrier's account, if there is one. run_token: made for this run."""

    base: str
    carrier_token: str | None
    run_token: str

    async def admit(self, request: Request) -> Signed:
        """The parameters of a post; raises `Problem` 403 for a bad signature, 503 when no carrier is configured."""
        form = await request.form()
        url = f"{self.base}{request.url.path}" + (f"?{request.url.query}" if request.url.query else "")
        signature = request.headers.get(HEADER, "")
        near = request.client is not None and request.client.host in _LOOPBACK
        if near and signature and _fits(self.run_token, url, form, signature):
            return Signed(_plain(form), simulated=True, client=request.headers.get(CLIENT_HEADER))
        if self.carrier_token is None:
            raise Problem(503)
        if not signature or not _fits(self.carrier_token, url, form, signature):
            raise Problem(403)
        return Signed(_plain(form), simulated=False)

    def admit_stream(self, socket: WebSocket) -> bool:
        """Whether a stream is the simulator's; raises `Problem` like `admit`. Its address alone is signed."""
        url, signature = f"ws{self.base.removeprefix('http')}{socket.url.path}", socket.headers.get(HEADER, "")
        near = socket.client is not None and socket.client.host in _LOOPBACK
        if near and signature and _fits(self.run_token, url, {}, signature):
            return True
        if self.carrier_token is None:
            raise Problem(503)
        if not signature or not _fits(self.carrier_token, url, {}, signature):
            raise Problem(403)
        return False


def _fits(token: str, url: str, form: FormData | dict[str, str], signature: str) -> bool:
    return bool(RequestValidator(token).validate(url, form, signature))


def _plain(form: FormData) -> dict[str, str]:
    return {key: value.replace("\x00", "") for key, value in form.items() if isinstance(value, str)}


def new_run_token(var: Path) -> str:
    """A token for the simulator, made at each start and left in a file that only this user can read."""
    token = secrets.token_urlsafe(32)
    path = run_token_path(var)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    return token


def run_token_path(var: Path) -> Path:
    """Where the simulator on this machine finds the token."""
    return var / "simulator_token"
