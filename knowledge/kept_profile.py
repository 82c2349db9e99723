"""The profile of the province as administrators last saved it, followed by every replica."""

from __future__ import annotations

import asyncio

import structlog
from pydantic import ValidationError

from knowledge.province import Profile
from store import kept_settings
from store.engine import Database

log = structlog.get_logger()
FOLLOW_SECONDS = 5.0


class KeptProfile:
    """profile: the one that the whole process holds, at first as its file has it."""

    def __init__(self, database: Database, profile: Profile) -> None:
        self._database, self._profile = database, profile
        self._number = 0

    def refresh(self) -> bool:
        """Adopt the newest version, if it is not in use already; whether there was one.

        A version that is no valid profile any more, after an update of the software, leaves the present one in force.
        """
        with self._database.read() as session:
            newest = kept_settings.in_force(session, "profile")
        if newest is None or newest.id == self._number:
            return False
        self._number = newest.id
        try:
            self._profile.adopt(Profile.model_validate(newest.content))
        except ValidationError:
            log.exception("the saved profile is not valid", version=newest.id)
            return False
        return True

    async def follow(self) -> None:
        """Refresh for ever."""
        while True:
            try:
                await asyncio.to_thread(self.refresh)
            except Exception:
                log.exception("the saved profile was not read")
            await asyncio.sleep(FOLLOW_SECONDS)
