"""ZNS: Zalo's paid notifications to a telephone number, by templates that Zalo has approved (docs/zalo.md)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from bot.channels.numbers import Outcome, Post, posted
from bot.channels.zalo.alerts import alert
from bot.channels.zalo.errors import EXPIRED, notification_refusal
from bot.channels.zalo.tokens import AccessTokens, TokenUnavailable
from knowledge.province import Profile
from settings import Settings
from store.base import now
from store.engine import Database


def zns_post(
    settings: Settings, profile: Profile, http: httpx.AsyncClient, tokens: AccessTokens, database: Database
) -> Post:
    """Sends one notification; see `bot.channels.numbers`. An operator is told of refusals only a person can mend."""
    url = f"{settings.zalo_zns_base.rstrip('/')}/message/template"

    async def post(what: dict[str, str], name: str) -> tuple[Outcome, str]:
        try:
            access = await tokens.current()
            outcome = await ask(what, name, access)
            return (
                await ask(what, name, await tokens.current(refused=access)) if outcome[1] == str(EXPIRED) else outcome
            )
        except TokenUnavailable:
            return "again", "no token"

    async def ask(what: dict[str, str], name: str, access: str) -> tuple[Outcome, str]:
        body = body_of(what, name, settings, profile)
        response = await posted(http.post(url, json=body, headers={"access_token": access}))
        if isinstance(response, tuple):
            return response
        if response.status_code == 401:
            return "again", str(EXPIRED)
        try:
            code = int(response.json()["error"])
        except (ValueError, KeyError, TypeError):
            return ("again" if response.status_code >= 500 else "unknown"), str(response.status_code)
        if code == 0:
            return "sent", ""
        refused = notification_refusal(code)
        if refused.alert:
            await asyncio.to_thread(alert, database, code, refused.alert, now())
        return ("again" if refused.course in ("refresh", "retry", "wait") else "never"), str(code)

    return post


def body_of(what: dict[str, str], name: str, settings: Settings, profile: Profile) -> dict[str, Any]:
    """The call that fills a template. name: Zalo calls it `tracking_id`."""
    code = what.get("code")
    template = settings.zalo_zns_code_template if code else settings.zalo_zns_news_template
    data = {"code": code} if code else {"address": settings.base_url, "hotline": profile.hotline}
    return {"phone": f"84{what['to'][1:]}", "template_id": template, "template_data": data, "tracking_id": name}
