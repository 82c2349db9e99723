"""What browsers are told about our pages, and which foreign portals may call the chat API."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}


def page_headers(base_url: str, **changed: str) -> dict[str, str]:
    """The headers of an HTML page of ours: nothing inline, nothing from another host, no framing.

    base_url: the public address, whose WebSockets older browsers do not count as ``'self'``.
    changed: directives that differ on this page, with ``_`` for ``-``; an empty value drops the directive.
    """
    policy = _POLICY | {"connect-src": f"'self' {base_url.replace('http', 'ws', 1)}"}
    policy |= {name.replace("_", "-"): value for name, value in changed.items()}
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items() if value),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), payment=(), microphone=(self)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def allow_portals(app: FastAPI, origins: tuple[str, ...]) -> None:
    """Let pages of `origins` call the chat API. No cookie is involved: a conversation is held by its token alone."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
        max_age=3600,
    )
