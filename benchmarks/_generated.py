"""A store as large as a province's after some years: 5,000 live entries, and 100,000 conversations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from knowledge.catalogue import load_catalogue
from knowledge.entry import Faq, Procedure
from knowledge.seeding import content_hash, content_of, load_seed, sync
from store.base import now
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.knowledge import EntryRow, RevisionRow

ENTRIES, CONVERSATIONS, TURNS = 5_000, 100_000, 4
DAYS = 90
SEED = 20261122
DRAFT_EACH = 50
_BATCH = 5_000
_STATUSES = ("answered",) * 15 + ("clarification", "clarification", "unanswered", "smalltalk", "handed_over")
_CHANNELS = ("web", "web", "zalo", "phone")


def entries(count: int = ENTRIES) -> list[Procedure | Faq]:
    """The shipped entries and the catalogue, then copies of the catalogue under codes and titles of their own."""
    shipped = load_seed()
    listed = list(load_catalogue(without={entry.id for entry in shipped}))
    copies = (
        entry.model_copy(update={"id": f"9.{number:06d}", "title": f"{entry.title} (mẫu số {number})"})
        for number, entry in enumerate(listed, start=1)
    )
    return list(islice((*shipped, *listed, *copies), count))


def fill_entries(database: Database, count: int = ENTRIES) -> list[str]:
    """Put the entries into an empty store as published, and drafts of some; the ids of those with a draft."""
    made = entries(count)
    with database.write() as session:
        sync(session, made, "seed")
        drafted = made[::DRAFT_EACH]
        for entry in drafted:
            content = content_of(entry.model_copy(update={"notes": "Đang sửa"}))
            session.add(
                RevisionRow(
                    entry_id=entry.id, number=2, content=content, content_hash=content_hash(content), state="draft",
                    author="bien.tap",
                )
            )  # fmt: skip
    return [entry.id for entry in drafted]


def fill_conversations(database: Database, questions: list[str], count: int = CONVERSATIONS) -> None:
    """Put conversations of the last months into the store. questions: what citizens ask, over and over."""
    chance = random.Random(SEED)
    with database.read() as session:
        ids = [row.id for row in session.query(EntryRow.id).limit(500)]
    for start in range(0, count, _BATCH // TURNS):
        conversations: list[dict[str, Any]] = []
        turns: list[dict[str, Any]] = []
        for number in range(start, min(start + _BATCH // TURNS, count)):
            conversations.append(_conversation(chance, number))
            turns += _turns(chance, conversations[-1], questions, ids)
        with database.write() as session:
            session.execute(insert(ConversationRow), conversations)
            session.execute(insert(TurnRow), turns)


def _conversation(chance: random.Random, number: int) -> dict[str, Any]:
    at = now() - timedelta(minutes=chance.randrange(60, DAYS * 1440))
    return {"id": f"g{number}", "channel": chance.choice(_CHANNELS), "created_at": at, "last_at": at}


def _turns(
    chance: random.Random, conversation: dict[str, Any], questions: list[str], ids: list[str]
) -> Iterator[dict[str, Any]]:
    for seq in range(1, TURNS, 2):
        asked = {
            "id": f"{conversation['id']}-{seq}", "conversation_id": conversation["id"], "seq": seq,
            "at": conversation["created_at"], "author": "citizen", "text": chance.choice(questions),
        }  # fmt: skip
        status = chance.choice(_STATUSES)
        yield asked | {"reply_to": None, "status": None, "entry_id": None}
        yield asked | {
            "id": f"{conversation['id']}-{seq + 1}", "seq": seq + 1, "author": "assistant", "text": "Dạ, anh/chị nộp …",
            "reply_to": asked["id"], "status": status, "entry_id": chance.choice(ids) if status == "answered" else None,
        }  # fmt: skip
