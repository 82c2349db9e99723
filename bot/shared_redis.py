"""The client of the Redis that replicas share."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff


def shared_redis(url: str, seconds: float) -> Redis:
    """A client that waits at most `seconds` for a connection and for each answer, and tries a command twice at most."""
    return Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 1))
