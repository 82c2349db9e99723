"""Citizens who went away with a question, in the store."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.web import sessions
from store import turns
from store.base import new_id, now
from store.conversations import TurnRow
from store.engine import Database
from store.tickets import RatingRow

LONG_AGO = timedelta(minutes=30)


def talk(
    database: Database,
    *asked: tuple[str, str],
    entry: str | None = None,
    wrong: bool = False,
    ago: timedelta = LONG_AGO,
) -> str:
    """A conversation of questions with the status each got; the id of its last reply.

    entry: the one that every reply spoke of. wrong: the last reply was called wrong.
    """
    with database.write() as session:
        row, _ = sessions.start(session)
        for text, status in asked:
            question = TurnRow(id=new_id(), author="citizen", text=text, messages=[], at=now() - ago)
            said = TurnRow(
                id=new_id(), author="assistant", text="…", reply_to=question.id, status=status, at=now() - ago,
                entry_id=entry if status == "answered" else None, messages=[],
            )  # fmt: skip
            turns.append(session, row, [question, said])
        if wrong:
            session.flush()
            session.add(RatingRow(conversation_id=row.id, turn_id=said.id, helpful=False))
        return said.id
