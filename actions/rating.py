"""A citizen's mark from 1 to 5, or a thumb, said in words."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, say_text
from actions.wording import button, words
from knowledge.text import deaccent
from knowledge.vocabulary import Button
from store.tickets import RatingRow

_MARKS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
_MARK = re.compile(r"\b(mot|hai|ba|bon|nam|[1-5])\s*(?:sao|diem|/5)")


class ActionRating(Action):
    """Keeps the mark; without one in the message, asks for it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_rating"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        score = score_in(str((tracker.latest_message or {}).get("text") or ""))
        if score is None:
            choices = (Button(f"{n} điểm", f"{n} điểm") for n in range(1, 6))
            say_text(dispatcher, "feedback", words()["rating"]["ask"], *choices)
            return []
        with self._runtime.database.write() as session:
            session.add(RatingRow(conversation_id=tracker.sender_id, score=score))
        if score <= 2:
            say_text(dispatcher, "feedback", words()["rating"]["bad"], button("human"), score=score)
        else:
            say_text(dispatcher, "feedback", words()["rating"]["thanks"], score=score)
        return []


def score_in(text: str) -> int | None:
    """The mark from 1 to 5 that a message names, e.g. "bốn sao", "5 điểm"; None when it names none."""
    match = _MARK.search(deaccent(text.lower()))
    return _MARKS[match[1]] if match else None
