"""Makes the parts of the Zalo channel from the settings and joins them to the conversation."""

from __future__ import annotations

import httpx

from bot.channels.zalo.people import CHANNEL
from bot.channels.zalo.sender import Sender
from bot.channels.zalo.tokens import AccessTokens, Credentials
from bot.channels.zalo.webhook import Secrets, Webhook
from bot.conversation import Conversation
from knowledge.province import Profile
from settings import Settings
from store.crypto import Vault
from store.engine import Database


def make_zalo(
    settings: Settings,
    database: Database,
    vault: Vault,
    conversation: Conversation,
    profile: Profile,
    pace: float = 1.0,
) -> tuple[Webhook, Sender]:
    """The webhook, which answers 503 while the account is not configured, and the sender, which then keeps quiet."""
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
    return Webhook(database, vault, conversation, profile, sender, secrets), sender
