"""Short messages through Twilio: out from the outbox, in only to stop; the sender of a short message may be forged."""

from __future__ import annotations

import asyncio
import re

import httpx
from fastapi import APIRouter, Request, Response
from twilio.request_validator import RequestValidator

from bot.channels.numbers import NumberSender, Outcome, Post, posted
from bot.problems import Problem
from bot.wording import words
from knowledge.province import Profile
from knowledge.text import deaccent
from settings import Settings
from store import reminders
from store.base import now
from store.crypto import Vault
from store.engine import Database

_STOP = re.compile(r"(?:dung|stop|huy|thoi|unsubscribe|quit|cancel|end)[\s.!]*")
_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def make_sms(settings: Settings, database: Database, vault: Vault, profile: Profile, pace: float = 5.0) -> NumberSender:
    """The sender; nothing is ever queued for it unless SMS_FROM is set."""
    http = httpx.AsyncClient(timeout=httpx.Timeout(10.0, connect=3.0))
    return NumberSender(database, vault, "sms", http, sms_post(settings, profile, http), pace)


def sms_post(settings: Settings, profile: Profile, http: httpx.AsyncClient) -> Post:
    """Sends one short message; see `bot.channels.numbers`."""
    account = settings.twilio_account_sid or ""
    token = settings.twilio_auth_token.get_secret_value() if settings.twilio_auth_token else ""
    url = f"{settings.twilio_api_base.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"

    async def post(what: dict[str, str], name: str) -> tuple[Outcome, str]:
        form = {"To": f"+84{what['to'][1:]}", "From": settings.sms_from or "", "Body": body_of(what, settings, profile)}
        response = await posted(http.post(url, data=form, auth=(account, token)))
        if isinstance(response, tuple):
            return response
        if response.status_code == 201:
            return "sent", ""
        return ("again" if response.status_code >= 500 else "never"), str(response.status_code)

    return post


def body_of(what: dict[str, str], settings: Settings, profile: Profile) -> str:
    """The text of a short message, without accents so that it stays one message of 160 characters."""
    w = words()["remind"]
    text = w["sms_code"] if "code" in what else w["sms_news"]
    return deaccent(
        text.format(
            province=profile.name, address=settings.base_url, hotline=profile.hotline, code=what.get("code", "")
        )
    )


def sms_router(database: Database, vault: Vault, settings: Settings) -> APIRouter:
    """``POST /channels/sms/incoming``: one word ends the reminders to a number; anything else is not answered."""
    router = APIRouter(tags=["sms"])
    token = settings.twilio_auth_token

    @router.post("/channels/sms/incoming")
    async def incoming(request: Request) -> Response:
        if token is None:
            raise Problem(503, "Chưa đặt TWILIO_AUTH_TOKEN nên chưa nhận tin nhắn.")
        form = {name: str(value) for name, value in (await request.form()).items()}
        url = f"{settings.base_url}{request.url.path}"
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(token.get_secret_value()).validate(url, form, signature):
            raise Problem(403)
        if _STOP.fullmatch(deaccent(form.get("Body", "").strip().lower())):
            await asyncio.to_thread(stop_number, database, vault, form.get("From", ""))
        return Response(_NOTHING, media_type="text/xml")

    return router


def stop_number(database: Database, vault: Vault, number: str) -> int:
    """End the reminders to a number, however it is written; how many there were."""
    home = re.sub(r"^\+?84", "0", re.sub(r"[\s.-]", "", number))
    with database.write() as session:
        return reminders.stop(session, now(), number=reminders.number_digest(vault, home))
