"""What the telephone of one replica holds, made once by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from actions.dossier_lookup import DossierDesk
from bot.conversation import Deliver
from bot.messages import Reply, UserMessage
from knowledge.entry import Faq, Procedure
from knowledge.province import Profile, open_now, placeholders, say_hours
from store import notices
from store.crypto import Vault
from store.engine import Database
from voice.book import Book, load_book
from voice.call_state import World
from voice.procedure_menu import build_groups, titles_of
from voice.promise import opening, window
from voice.signature import Gatekeeper
from voice.speakable import speak
from voice.twiml import Carrier

Transcribe = Callable[[str], Awaitable[str]]
Forget = Callable[[str], Awaitable[None]]


class Conversing(Protocol):
    """What the telephone needs of the conversation."""

    @property
    def deliver(self) -> Mapping[str, Deliver]:
        """Per channel, what writes down a message that must be sent out there."""

    async def reply(self, message: UserMessage) -> Reply:
        """The reply to a message; never raises."""


class Entries(Protocol):
    """What the telephone needs of the knowledge base."""

    @property
    def entries(self) -> Mapping[str, Procedure | Faq]:
        """The live entries by id."""

    @property
    def snapshot(self) -> int:
        """The number of the live snapshot."""


class Recogniser(Protocol):
    """Turns speech at the telephone's rate into words."""

    async def hear(self, samples: NDArray[np.int16], phrases: tuple[str, ...], *, free: bool) -> str:
        """The phrase that was said, or other words when `free`; "" when it was neither."""

    async def transcribe(self, samples: NDArray[np.int16]) -> str:
        """A message of any length as words."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """forget: starts the dialogue of a conversation afresh. transcribe: the words of a recording, by its address.

    streams: calls go to our own media stream, where speech is recognised and made in this house. recogniser: None where
    no model is installed, and callers on a stream use keys.
    """

    database: Database
    vault: Vault
    conversation: Conversing
    knowledge: Entries
    profile: Profile
    desk: DossierDesk
    carrier: Carrier
    gatekeeper: Gatekeeper
    forget: Forget
    transcribe: Transcribe | None = None
    streams: bool = False
    recogniser: Recogniser | None = None
    _books: dict[int, Book] = field(default_factory=dict)
    _values: dict[int, dict[str, str]] = field(default_factory=dict)

    def book(self) -> Book:
        """The menu and prompts with the procedures that are live now."""
        snapshot = self.knowledge.snapshot
        if snapshot not in self._books:
            entries = self.knowledge.entries
            self._books.clear()
            self._books[snapshot] = replace(load_book(), groups=build_groups(entries), titles=titles_of(entries))
        return self._books[snapshot]

    def world(self, at: datetime, *, caller_known: bool = True) -> World:
        """What the flow must know at `at`."""
        profile, told = self.profile, self._told()
        return World(
            open=open_now(profile, at),
            opening=opening(profile, at),
            window=window(profile, at),
            operators=bool(self.carrier.operators),
            queue=self.carrier.speech,
            speech=self.carrier.speech,
            caller_known=caller_known,
            whole_number=self.desk.backend.whole_number,
            province_code=profile.dossier_code,
            banner=told.get("banner", ""),
            pause=told.get("pause", ""),
            values=self.values(),
        )

    def _told(self) -> dict[str, str]:
        """What all citizens are told now, by kind, as it is said."""
        with self.database.read() as session:
            return {kind: speak(row.text) for kind, row in notices.in_force(session).items()}

    def values(self) -> dict[str, str]:
        """What prompts may ask for of the province, as it is said."""
        changes = self.profile.changes
        if changes not in self._values:
            said = placeholders(self.profile) | {"gio": say_hours(self.profile)}
            self._values.clear()
            self._values[changes] = {name: speak(value) for name, value in said.items()}
        return self._values[changes]
