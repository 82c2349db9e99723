"""Wakes whoever watches a conversation when something new was committed to it.

It carries no content: a watcher reads the store. With Redis the call reaches the other replicas too; without it, a
watcher on another replica sees the turn when it next looks by itself.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as SilentError

from bot.shared_redis import shared_redis

log = structlog.get_logger()
CHANNEL = "motcua:feed"
TELL_SECONDS = 2.0
QUIET_SECONDS = 10.0


class Feed:
    """redis_url: of the Redis that replicas share, or None for a replica alone."""

    def __init__(self, redis_url: str | None) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._redis = shared_redis(redis_url, TELL_SECONDS) if redis_url else None
        self._tasks: set[asyncio.Task[object]] = set()

    def publish(self, conversation_id: str) -> None:
        """Wake the watchers of a conversation, here and on the other replicas."""
        self._wake(conversation_id)
        if self._redis is not None:
            task = asyncio.create_task(self._tell(self._redis, conversation_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def watch(self, conversation_id: str, interval: float = 1.0) -> AsyncIterator[None]:
        """Yield whenever it is worth looking: on a call, and at least every `interval` seconds."""
        event = asyncio.Event()
        self._waiting[conversation_id].add(event)
        try:
            while True:
                yield
                try:
                    async with asyncio.timeout(interval):
                        await event.wait()
                except TimeoutError:
                    continue
                event.clear()
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]

    async def listen(self) -> None:
        """Pass on the calls of other replicas, for ever; returns at once without Redis."""
        while self._redis is not None:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    await self._hear(pubsub)
            except (RedisError, OSError) as error:
                log.warning("redis lost", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _hear(self, pubsub: PubSub) -> None:
        """Pass on calls; raises redis' `TimeoutError` when a silent connection does not answer a ping either."""
        asked = False
        while True:
            heard = await pubsub.get_message(timeout=TELL_SECONDS if asked else QUIET_SECONDS)
            if heard is None and asked:
                raise SilentError("no answer to a ping")
            asked = heard is None
            if asked:
                await pubsub.ping()
            elif heard["type"] == "message":
                self._wake(heard["data"].decode())

    async def reachable(self) -> bool | None:
        """Whether Redis answers; None without one."""
        if self._redis is None:
            return None
        try:
            async with asyncio.timeout(TELL_SECONDS):
                return bool(await self._redis.ping())
        except (RedisError, OSError, TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connection to Redis."""
        if self._redis is not None:
            await self._redis.aclose()

    def _wake(self, conversation_id: str) -> None:
        for event in self._waiting.get(conversation_id, ()):
            event.set()

    async def _tell(self, redis: Redis, conversation_id: str) -> None:
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await redis.publish(CHANNEL, conversation_id)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("redis lost", error=type(error).__name__)
