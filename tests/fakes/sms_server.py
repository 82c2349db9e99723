"""The part of Twilio that takes short messages, on this machine."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

ACCOUNT, TOKEN, SENDER = "AC00000000000000000000000000000001", "twilio-token", "MOTCUA"


@dataclass
class SmsServer:
    """statuses: HTTP codes of the next answers in turn, then 201. lose: how many messages are taken and their answers
    lost. taken: what was accepted.
    """

    statuses: list[int] = field(default_factory=list)
    lose: int = 0
    taken: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The endpoint."""
        app = FastAPI()
        app.add_api_route("/2010-04-01/Accounts/{account}/Messages.json", self.message, methods=["POST"])
        return app

    async def message(self, account: str, request: Request) -> Response:
        """Take one message from an account that knows its token."""
        signed = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if account != ACCOUNT or request.headers.get("Authorization") != f"Basic {signed}":
            return JSONResponse({"code": 20003}, 401)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        status = self.statuses.pop(0) if self.statuses else 201
        if status == 201:
            self.taken.append(form)
        if self.lose:
            self.lose -= 1
            return Response("cut off", status, {"Content-Length": "200"})
        return JSONResponse({"sid": f"SM{len(self.taken)}"}, status)
