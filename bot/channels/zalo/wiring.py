"""Makes the parts of the Zalo channel from the settings and joins them to the conversation."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from bot.channels.numbers import NumberSender
from bot.channels.zalo.notifications import zns_post
from bot.channels.zalo.people import CHANNEL
from bot.channels.zalo.sender import Sender
from bot.channels.zalo.tokens import AccessTokens, Credentials
from bot.channels.zalo.webhook import Secrets, Webhook
from bot.conversation import Conversation
from bot.limits import RateLimiter
from knowledge.province import Profile
from settings import Settings
from store.crypto import Vault
from store.engine import Database


@dataclass(frozen=True, slots=True)
class Zalo:
    """The channel: events in, replies out, notifications to telephone numbers out."""

    webhook: Webhook
    sender: Sender
    notifications: NumberSender


def make_zalo(
    settings: Settings,
    database: Database,
    vault: Vault,
    conversation: Conversation,
    profile: Profile,
    limiter: RateLimiter,
    pace: float = 1.0,
) -> Zalo:
    """The parts, of which the webhook answers 503 and the others keep quiet while the account is not configured."""
    s = settings
    credentials = Credentials(
        s.zalo_app_id or "",
        s.zalo_app_secret.get_secret_value() if s.zalo_app_secret else "",
        s.zalo_refresh_token.get_secret_value() if s.zalo_refresh_token else "",
        s.zalo_oauth_base.rstrip("/"),
    )
    http = httpx.AsyncClient(timeout=httpx.Timeout(10.0, connect=3.0))
    tokens = AccessTokens(database, vault, http, credentials, s.var / "zalo-token")
    sender = Sender(database, vault, http, tokens, s.zalo_api_base.rstrip("/"), pace)
    conversation.deliver[CHANNEL] = sender.deliver
    configured = s.zalo_app_id and s.zalo_app_secret and s.zalo_oa_secret and s.zalo_refresh_token
    oa_secret = s.zalo_oa_secret.get_secret_value() if s.zalo_oa_secret else ""
    secrets = Secrets(credentials.app_id, oa_secret) if configured else None
    webhook = Webhook(database, vault, conversation, profile, sender, secrets, limiter)
    notifications = NumberSender(database, vault, "zns", http, zns_post(s, profile, http, tokens, database), pace)
    return Zalo(webhook, sender, notifications)
