"""Fetches a picture that a citizen sent to the account, from Zalo's own servers and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from bot.photos import MOST_BYTES, PhotoError
from settings import Settings

# Where Zalo keeps what users send, as integrators report.
HOSTS = (".zdn.vn", ".zadn.vn")


def picture_source(settings: Settings) -> Callable[[str], bytes]:
    """A function that fetches a picture; it raises `PhotoError`. The host of ZALO_API_BASE is trusted as well."""
    own = settings.zalo_api_base.rstrip("/") + "/"

    def fetch(url: str) -> bytes:
        parts = urlsplit(url)
        zalos = parts.scheme == "https" and f".{parts.hostname}".endswith(HOSTS) and parts.port in (None, 443)
        if not zalos and not url.startswith(own):
            raise PhotoError("kind")
        try:
            with httpx.stream("GET", url, timeout=10, follow_redirects=False, trust_env=False) as answer:
                return _body(answer)
        except httpx.HTTPError as error:
            raise PhotoError("kind") from error

    return fetch


def _body(answer: httpx.Response) -> bytes:
    if answer.status_code != 200:
        raise PhotoError("kind")
    data = b""
    for chunk in answer.iter_bytes():
        data += chunk
        if len(data) > MOST_BYTES:
            raise PhotoError("size")
    return data
