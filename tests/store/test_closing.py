"""Closing a database while one of its transactions is under way."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from store.engine import Database


def test_a_connection_in_use_is_closed_when_its_transaction_ends(database: Database) -> None:
    with database.read() as session:
        held = session.connection().connection.dbapi_connection
        database.close()
        assert session.execute(text("SELECT 1")).scalar() == 1
    assert held is not None
    with pytest.raises(Exception, match="closed"):
        held.cursor().execute("SELECT 1")
