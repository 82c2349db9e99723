"""The part of Twilio that takes short messages, on this machine."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

ACCOUNT, TOKEN, SENDER = "AC00000000000000000000000000000001", "twilio-token", "MOTCUA"


@dataclass
class SmsServer:
    """statuses: HTTP codes of the next answers in turn, then 201. taken: what was accepted."""

    statuses: list[int] = field(default_factory=list)
    taken: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The endpoint."""
        app = FastAPI()
        app.add_api_route("/2010-04-01/Accounts/{account}/Messages.json", self.message, methods=["POST"])
        return app

    async def message(self, account: str, request: Request) -> JSONResponse:
        """Take one message from an account that knows its token."""
        signed = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if account != ACCOUNT or request.headers.get("Authorization") != f"Basic {signed}":
            return JSONResponse({"code": 20003}, 401)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        status = self.statuses.pop(0) if self.statuses else 201
        if status == 201:
            self.taken.append(form)
        return JSONResponse({"sid": f"SM{len(self.taken)}"}, status)
