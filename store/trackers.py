"""Erases what Rasa's SQL tracker store keeps of a conversation; Rasa itself has no such call."""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, inspect, text

from store.engine import SERVER_LINK


class TrackerEraser:
    """url: the SQLAlchemy URL of Rasa's tracker store, as this environment's drivers understand it."""

    def __init__(self, url: str) -> None:
        link: dict[str, Any] = {"timeout": 10} if url.startswith("sqlite") else SERVER_LINK
        self._engine = create_engine(url, hide_parameters=True, connect_args=link, pool_pre_ping=True)

    def erase(self, conversation_id: str) -> int:
        """Delete all events of a conversation; how many there were. Before Rasa's first start there are none.

        Raises SQLAlchemy's error when they cannot be deleted.
        """
        with self._engine.begin() as connection:
            if not inspect(connection).has_table("events"):
                return 0
            result = connection.execute(text("DELETE FROM events WHERE sender_id = :id"), {"id": conversation_id})
            return result.rowcount

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()
