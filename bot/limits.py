"""How often somebody may do something: fixed windows counted in Redis, or in this process without it."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

import structlog
from redis.exceptions import RedisError

from bot.shared_redis import shared_redis

log = structlog.get_logger()
REDIS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` times in `seconds`."""

    count: int
    seconds: int


class RateLimiter:
    """redis_url: of the Redis that replicas share, or None. enabled: False counts nothing (for measurements)."""

    def __init__(self, redis_url: str | None, *, enabled: bool = True) -> None:
        self._redis = shared_redis(redis_url, REDIS_SECONDS) if redis_url else None
        self._enabled = enabled
        self._counts: dict[tuple[str, int], int] = defaultdict(int)
        self._swept = 0.0

    async def retry_after(self, key: str, limit: Limit) -> int:
        """Count one use of `key`; 0 when it is allowed, else the seconds until it is again."""
        if not self._enabled:
            return 0
        window = int(time.time()) // limit.seconds
        count = await self._count(f"{key}:{limit.seconds}", window, limit.seconds)
        return 0 if count <= limit.count else max(1, (window + 1) * limit.seconds - int(time.time()))

    async def _count(self, key: str, window: int, seconds: int) -> int:
        if self._redis is not None:
            try:
                name = f"motcua:limit:{key}:{window}"
                async with self._redis.pipeline(transaction=True) as pipe:
                    pipe.incr(name)
                    pipe.expire(name, seconds * 2)
                    counted, _ = await pipe.execute()
                return int(counted)
            except (RedisError, OSError) as error:
                log.warning("redis lost", error=type(error).__name__)
        self._sweep()
        self._counts[key, window] += 1
        return self._counts[key, window]

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > 60:
            self._swept = time.monotonic()
            current = int(time.time())
            for key, window in list(self._counts):
                seconds = int(key.rsplit(":", 1)[1])
                if window < current // seconds:
                    del self._counts[key, window]

    async def close(self) -> None:
        """Close the connection to Redis."""
        if self._redis is not None:
            await self._redis.aclose()
