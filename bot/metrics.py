"""What Prometheus counts and times. Labels are words of ours from short lists, never a value that somebody sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.types import Scope

_METHODS = frozenset(("GET", "POST", "DELETE", "HEAD", "OPTIONS"))
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

REQUESTS = Counter("motcua_http_requests", "Requests, by route and status.", ["route", "method", "status"])
SECONDS = Histogram("motcua_http_seconds", "Time until an answer was sent, by route.", ["route"], buckets=_SECONDS)
SHED = Counter("motcua_shed", "Requests sent away because too many were being answered.", ["channel"])
TURNS = Counter("motcua_turns", "Messages answered, by channel and status.", ["channel", "status"])
STEPS = Histogram("motcua_turn_step_seconds", "Time of each step of an answer.", ["step"], buckets=_SECONDS)


def http(scope: Scope, status: int, seconds: float) -> None:
    """Count one request. The route's pattern stands for its path; what no route took is `none`."""
    route = getattr(scope.get("route"), "path", "none")
    method = scope["method"] if scope["method"] in _METHODS else "other"
    REQUESTS.labels(route, method, str(status or 499)).inc()
    SECONDS.labels(route).observe(seconds)


def turn(channel: str, status: str, timings: Mapping[str, Any]) -> None:
    """Count one answered message and the time of its steps. timings: milliseconds by step."""
    TURNS.labels(channel, status).inc()
    for step, milliseconds in timings.items():
        STEPS.labels(step).observe(float(milliseconds) / 1000)
