"""The signature of a webhook: SHA-256 over app id, raw body, timestamp and the secret of the account."""

from __future__ import annotations

import hashlib
import hmac


def signature(app_id: str, body: bytes, timestamp: str, secret: str) -> str:
    """The hex digest that `X-ZEvent-Signature` carries."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def genuine(header: str, app_id: str, body: bytes, timestamp: str, secret: str) -> bool:
    """Whether the header signs exactly these bytes, with or without ``mac=`` before the digest."""
    given = header.strip().removeprefix("mac=").lower()
    return hmac.compare_digest(given.encode(), signature(app_id, body, timestamp, secret).encode())
