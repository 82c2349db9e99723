"""Signing in through the province's own accounts: OpenID Connect, code flow with PKCE, state and nonce.

The provider is found by its discovery document (OpenID Connect Discovery 1.0). An id token counts only when its
signature, issuer, audience, time and nonce are right (OpenID Connect Core 1.0, 3.1.3.7).
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from settings import Settings

CALLBACK = "/console/sso/callback"
ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS = 60
DISCOVERED_SECONDS = 3600.0
_TIMEOUT = httpx.Timeout(10.0, connect=3.0)
_LOOPBACK = ("127.0.0.1", "localhost")


class SignOnFailed(Exception):
    """Why nobody was signed in; for the log, not for the page."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What a browser keeps while it is at the provider. purpose: `sign-in`, `link` or `invitation`; detail: of that."""

    state: str
    nonce: str
    verifier: str
    purpose: str
    detail: str

    def as_json(self) -> dict[str, str]:
        """For the sealed cookie."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to the provider. subject: ``issuer subject``, never given to anybody else."""

    subject: str
    account: str
    name: str


class SignOn:
    """One provider. base_url: where staff reach the console."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, base_url: str) -> None:
        self._issuer, self._id, self._secret = issuer.rstrip("/"), client_id, client_secret
        self._redirect = base_url + CALLBACK
        self._known: tuple[float, dict[str, Any]] | None = None

    async def begin(self, purpose: str, detail: str = "") -> tuple[str, Pending]:
        """Where to send the browser, and what it keeps meanwhile. Raises SignOnFailed."""
        pending = Pending(generate_token(32), generate_token(32), generate_token(64), purpose, detail)
        metadata = await self._metadata()
        url = prepare_grant_uri(
            metadata["authorization_endpoint"], self._id, "code", self._redirect, "openid profile email", pending.state,
            nonce=pending.nonce, code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )  # fmt: skip
        return str(url), pending

    async def finish(self, pending: Pending, url: str) -> Identity:
        """Who came back to `url`, the address of the callback with its query. Raises SignOnFailed."""
        given = parse_qs(urlsplit(url).query)
        if given.get("state") != [pending.state] or given.get("iss", [self._issuer]) != [self._issuer]:
            raise SignOnFailed("another state or issuer")
        metadata = await self._metadata()
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT) as http:
                form = {"grant_type": "authorization_code", "code": given["code"][0], "redirect_uri": self._redirect}
                form["code_verifier"] = pending.verifier
                answer = await http.post(metadata["token_endpoint"], data=form, auth=(self._id, self._secret))
                keys = await http.get(metadata["jwks_uri"])
            token = answer.raise_for_status().json()
            claims = self._claims(token, KeySet.import_key_set(keys.raise_for_status().json()), pending.nonce)
        except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, ValueError) as error:
            raise SignOnFailed(f"{type(error).__name__}: {error}") from error
        account = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        return Identity(f"{self._issuer} {claims['sub']}", account, str(claims.get("name") or account))

    def _claims(self, token: dict[str, Any], keys: KeySet, nonce: str) -> CodeIDToken:
        decoded = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
        wanted = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._id},
            "sub": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": self._id, "access_token": token.get("access_token")}
        claims = CodeIDToken(decoded.claims, decoded.header, options=wanted, params=params)
        claims.validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
        return claims

    async def _metadata(self) -> dict[str, Any]:
        if self._known is not None and self._known[0] > time.monotonic():
            return self._known[1]
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT) as http:
                answer = await http.get(f"{self._issuer}/.well-known/openid-configuration")
            found: dict[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignOnFailed(f"no discovery document: {error}") from error
        addresses = [found.get(name, "") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if found.get("issuer", "").rstrip("/") != self._issuer or not all(map(_safe, addresses)):
            raise SignOnFailed("the discovery document is of another issuer, or not over HTTPS")
        self._known = (time.monotonic() + DISCOVERED_SECONDS, found)
        return found


def make_sign_on(settings: Settings) -> SignOn | None:
    """The provider of the settings; None when there is none."""
    if not (settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret):
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return SignOn(settings.oidc_issuer, settings.oidc_client_id, secret, settings.base_url)


def _safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK
