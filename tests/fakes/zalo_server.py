"""A Zalo Official Account on this machine, with Zalo's rules: single-use refresh tokens, windows, codes, failures.

By hand: ``python -m tests.fakes.zalo_server --webhook http://127.0.0.1:8000/channels/zalo/webhook`` with Motcua started
with the settings that it prints; what is typed is sent as a user's message, and what Motcua sends is printed. A line
``:follow``, ``:image ADDRESS`` or ``:location LATITUDE LONGITUDE`` is sent as that event. Tokens outlive a restart in
the file of ``--state``; to begin anew, delete it and put the token that is printed then into ZALO_REFRESH_TOKEN.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

APP_ID, APP_SECRET, OA_SECRET, FIRST_REFRESH = "4100000000000000001", "app-secret", "oa-secret", "refresh-0"
WINDOW_SECONDS, FREE_REPLIES, ACCESS_SECONDS = 48 * 3600, 8, 90_000


@dataclass
class ZaloServer:
    """failures: share of sends refused at random, with HTTP 500 and -32 in turn. lost: share of sends taken whose
    answer never arrives. per_minute: sends allowed. access_uses: sends until an access token expires.
    lacks_package: every send is refused with -224. token_refusals: codes that the next refreshes are refused with.
    notification_refusals: the same for notifications. expires_as_401: an expired token is refused by HTTP status too.
    state: a file that keeps the tokens.
    """

    failures: float = 0.0
    lost: float = 0.0
    per_minute: int = 1_000_000
    access_uses: int = 1_000_000
    lacks_package: bool = False
    expires_as_401: bool = False
    state: Path | None = None
    clock: Callable[[], float] = time.time
    told: Callable[[str, dict[str, Any]], None] = lambda user, message: None
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    refresh_token: str = FIRST_REFRESH
    used: set[str] = field(default_factory=set)
    access: dict[str, tuple[float, int]] = field(default_factory=dict)
    written: dict[str, float] = field(default_factory=dict)
    replies: Counter[str] = field(default_factory=Counter)
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    taken_at: list[float] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    notified: list[dict[str, Any]] = field(default_factory=list)
    token_refusals: list[Any] = field(default_factory=list)
    notification_refusals: list[int] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    unheard: int = 0
    minute: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.state is not None and self.state.exists():
            kept = json.loads(self.state.read_text())
            self.refresh_token = kept["refresh_token"]
            self.access = {token: (expires, uses) for token, (expires, uses) in kept["access"].items()}

    def app(self) -> FastAPI:
        """The endpoints: tokens, messages, and notifications by template."""
        app = FastAPI()
        app.add_api_route("/v4/oa/access_token", self.tokens, methods=["POST"])
        app.add_api_route("/v3.0/oa/message/cs", self.message, methods=["POST"])
        app.add_api_route("/message/template", self.notification, methods=["POST"])
        app.add_api_route("/pictures/{name}", self.picture, methods=["GET"])
        return app

    async def tokens(self, request: Request) -> JSONResponse:
        """A new pair for the refresh token, which is used up by it."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if request.headers.get("secret_key") != APP_SECRET or form.get("app_id") != APP_ID:
            return JSONResponse({"error_name": "Invalid secret key", "error": -14004})
        if self.token_refusals:
            return JSONResponse({"error_name": "Refused", "error": self.token_refusals.pop(0)})
        given = form.get("refresh_token", "")
        if given != self.refresh_token:
            self.refused[-14020] += 1
            return JSONResponse({"error_name": "Invalid refresh token", "error": -14020})
        self.used.add(given)
        self.refresh_token, access = secrets.token_hex(16), secrets.token_hex(16)
        self.access[access] = (self.clock() + ACCESS_SECONDS, self.access_uses)
        if self.state is not None:
            self.state.write_text(json.dumps({"refresh_token": self.refresh_token, "access": self.access}))
        pair = {"access_token": access, "refresh_token": self.refresh_token, "expires_in": str(ACCESS_SECONDS)}
        return JSONResponse(pair)

    async def message(self, request: Request) -> JSONResponse:
        """Take one message, or say why not."""
        body = await request.json()
        user, message = body["recipient"]["user_id"], body["message"]
        await asyncio.sleep(0)
        code = self._code(request.headers.get("access_token", ""), user, message)
        if code:
            self.refused[code] += 1
            status = 500 if code == 500 else 401 if code == -216 and self.expires_as_401 else 200
            return JSONResponse({"error": code, "message": "refused"}, status)
        self.replies[user] += 1
        self.taken.append((user, message))
        self.taken_at.append(self.clock())
        self.told(user, message)
        if self.chance.random() < self.lost:
            self.unheard += 1
            return JSONResponse({"status": "garbled on the way"})
        return JSONResponse({"error": 0, "message": "Success", "data": {"message_id": secrets.token_hex(8)}})

    async def notification(self, request: Request) -> JSONResponse:
        """Take one ZNS: a telephone number, an approved template and its parameters."""
        body = await request.json()
        if self.access.get(request.headers.get("access_token", ""), (0.0, 0))[0] < self.clock():
            return JSONResponse({"error": -216, "message": "refused"})
        if self.notification_refusals:
            return JSONResponse({"error": self.notification_refusals.pop(0), "message": "refused"})
        if not (
            body["phone"].startswith("84") and body["template_id"] and len(json.dumps(body["template_data"])) < 400
        ):
            return JSONResponse({"error": -201, "message": "refused"})
        self.notified.append(body)
        return JSONResponse({"error": 0, "message": "Success", "data": {"msg_id": secrets.token_hex(8)}})

    async def picture(self, name: str) -> Response:
        """A picture that a user sent."""
        return Response(self.pictures[name], media_type="image/jpeg") if name in self.pictures else Response("", 404)

    def _code(self, access: str, user: str, message: dict[str, Any]) -> int:
        expires, uses = self.access.get(access, (0.0, 0))
        if expires < self.clock() or uses <= 0:
            return -216
        self.access[access] = (expires, uses - 1)
        now = self.clock()
        self.minute[int(now // 60)] += 1
        rules = (
            (-224, self.lacks_package),
            (-32, self.minute[int(now // 60)] > self.per_minute),
            (-201, not _well_formed(message)),
            (-213, self.written.get(user, 0.0) < now - WINDOW_SECONDS or self.replies[user] >= FREE_REPLIES),
            (self.chance.choice((500, -32)), self.chance.random() < self.failures),
        )
        return next((code for code, broken in rules if broken), 0)

    def event(self, name: str, user: str, message: dict[str, Any] | None = None) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a webhook call; what a user sends opens their window anew."""
        at = self.clock()
        if name == "follow" or name.startswith("user_send"):
            self.written[user], self.replies[user] = at, 0
        who = {"follower": {"id": user}} if name in ("follow", "unfollow") else {"sender": {"id": user}}
        raw = {"event_name": name, "app_id": APP_ID, "timestamp": str(int(at * 1000)), "recipient": {"id": "oa"}} | who
        if message is not None:
            raw["message"] = {"msg_id": secrets.token_hex(8)} | message
        body = json.dumps(raw, ensure_ascii=False).encode()
        digest = hashlib.sha256(f"{APP_ID}{body.decode()}{raw['timestamp']}{OA_SECRET}".encode()).hexdigest()
        return body, {"X-ZEvent-Signature": f"mac={digest}"}

    def texts(self, user: str) -> list[str]:
        """What the user was sent."""
        return [message.get("text", "") for whose, message in self.taken if whose == user]


def _well_formed(message: dict[str, Any]) -> bool:
    """Whether a message keeps to the limits of text, buttons and lists."""
    payload = (message.get("attachment") or {}).get("payload") or {}
    buttons, elements = payload.get("buttons") or [], payload.get("elements") or []
    titles = all(0 < len(one["title"]) <= 100 for one in (*buttons, *elements))
    return len(message.get("text", "")) <= 2000 and len(buttons) <= 5 and len(elements) <= 5 and titles


async def by_hand(zalo: ZaloServer, port: int, webhook: str) -> None:
    """Serve, and send each line typed as an event of one user."""
    server = uvicorn.Server(uvicorn.Config(zalo.app(), port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    base = f"http://127.0.0.1:{port}"
    print(f"ZALO_APP_ID={APP_ID} ZALO_APP_SECRET={APP_SECRET} ZALO_OA_SECRET={OA_SECRET}", end=" ")
    print(f"ZALO_REFRESH_TOKEN={zalo.refresh_token} ZALO_API_BASE={base} ZALO_OAUTH_BASE={base}", end=" ")
    print(f"ZALO_ZNS_BASE={base}", flush=True)
    async with httpx.AsyncClient(trust_env=False) as http:
        while line := await asyncio.to_thread(input_line):
            body, headers = typed(zalo, "user-by-hand", line)
            print((await http.post(webhook, content=body, headers=headers)).status_code)
    server.should_exit = True
    await serving


def typed(zalo: ZaloServer, user: str, line: str) -> tuple[bytes, dict[str, str]]:
    """The event that a typed line stands for."""
    match line.split():
        case [":follow"]:
            return zalo.event("follow", user)
        case [":image", url]:
            return zalo.event("user_send_image", user, {"attachments": [{"type": "image", "payload": {"url": url}}]})
        case [":location", latitude, longitude]:
            payload = {"coordinates": {"latitude": latitude, "longitude": longitude}}
            return zalo.event("user_send_location", user, {"attachments": [{"type": "location", "payload": payload}]})
    return zalo.event("user_send_text", user, {"text": line})


def input_line() -> str:
    """One line typed; empty at the end."""
    try:
        return input()
    except EOFError:
        return ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Zalo Official Account on this machine.")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--webhook", default="http://127.0.0.1:8000/channels/zalo/webhook")
    parser.add_argument("--state", type=Path, default=Path("var/zalo-server.json"))
    parser.add_argument("--failures", type=float, default=0.0, help="share of sends refused at random")
    parser.add_argument("--lost", type=float, default=0.0, help="share of sends taken without an answer")
    parser.add_argument("--per-minute", type=int, default=1_000_000, help="sends allowed")
    parser.add_argument("--access-uses", type=int, default=1_000_000, help="sends until an access token expires")
    parser.add_argument("--lacks-package", action="store_true", help="refuse every send with -224")
    parser.add_argument("--expires-as-401", action="store_true", help="answer 401 to an expired token")
    chosen = vars(parser.parse_args())
    port, webhook = chosen.pop("port"), chosen.pop("webhook")
    chosen["state"].parent.mkdir(parents=True, exist_ok=True)
    fake = ZaloServer(told=lambda user, message: print(json.dumps(message, ensure_ascii=False, indent=1)), **chosen)
    asyncio.run(by_hand(fake, port, webhook))
