"""Erases what Rasa's SQL tracker store keeps of a conversation; Rasa itself has no such call."""

from __future__ import annotations

import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

log = structlog.get_logger()


class TrackerEraser:
    """url: the SQLAlchemy URL of Rasa's tracker store, as this environment's drivers understand it."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": 10} if url.startswith("sqlite") else {}
        )

    def erase(self, conversation_id: str) -> int:
        """Delete all events of a conversation; how many there were. Before Rasa's first start there are none."""
        try:
            with self._engine.begin() as connection:
                result = connection.execute(text("DELETE FROM events WHERE sender_id = :id"), {"id": conversation_id})
                return result.rowcount
        except (OperationalError, ProgrammingError) as error:
            log.info("no tracker store yet", error=type(error).__name__)
            return 0

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()
