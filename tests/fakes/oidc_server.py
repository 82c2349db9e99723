"""A provider of accounts on this machine: OpenID Connect code flow that insists on PKCE, with one signing key.

`wrong` makes it misbehave in one way: another `nonce`, `audience`, `issuer` or `key`, or an id token that has expired.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Header
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "motcua", "secret of the tests only"


@dataclass
class OidcServer:
    """person: who is signed in at the provider, as claims."""

    issuer: str
    person: dict[str, str] = field(
        default_factory=lambda: {"sub": "s-1", "preferred_username": "ha", "name": "Cán bộ Hà"}
    )
    wrong: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Discovery, keys, authorization, token."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            """Where everything is."""
            names = ("authorize", "token", "keys")
            authorize, token, keys = (f"{self.issuer}/{name}" for name in names)
            return {
                "issuer": self.issuer, "authorization_endpoint": authorize, "token_endpoint": token, "jwks_uri": keys,
            }  # fmt: skip

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            """The public key, or another one."""
            shown = RSAKey.generate_key(2048, {"kid": "1"}) if self.wrong == "key" else self.key
            return {"keys": [shown.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(
            redirect_uri: str, state: str, nonce: str, code_challenge: str, client_id: str
        ) -> RedirectResponse:
            """Whoever is signed in agrees at once."""
            code = secrets.token_urlsafe(16)
            self.codes[code] = {"nonce": nonce, "challenge": code_challenge, "redirect_uri": redirect_uri}
            return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", 303)

        @app.post("/token")
        def token(
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            authorization: Annotated[str, Header()],
        ) -> JSONResponse:
            """An id token for a code, once, to the client that asked, with the verifier it began with."""
            known = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            asked = self.codes.pop(code, None)
            digest = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
            good = asked and asked["challenge"] == digest and asked["redirect_uri"] == redirect_uri
            if not good or asked is None or authorization != f"Basic {known}":
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse(
                {
                    "access_token": "at",
                    "token_type": "Bearer",
                    "expires_in": 60,
                    "id_token": self._signed(asked["nonce"]),
                }
            )

        return app

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": "https://evil.example" if self.wrong == "issuer" else self.issuer,
            "aud": "another" if self.wrong == "audience" else CLIENT_ID,
            "nonce": "another" if self.wrong == "nonce" else nonce,
            "iat": now - 4000, "exp": now - 3600 if self.wrong == "time" else now + 60, **self.person,
        }  # fmt: skip
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
