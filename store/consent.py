"""What a citizen agreed to, by doing what, and when: one record a purpose, kept with the conversation or the ticket.

Law 91/2025/QH15: silence is no consent, so a purpose without a record was not agreed to. Calls keep theirs in
`store.calls.CallRow.consent`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

Purpose = Literal["answer", "call_back", "remind"]
Deed = Literal["opened the chat", "wrote to the account", "called", "left a number", "chose where to be reminded"]


def agreed(known: dict[str, Any], purpose: Purpose, by: Deed, at: datetime) -> dict[str, Any]:
    """`known` with the record that somebody agreed to `purpose`; the first record of a purpose stays."""
    return {purpose: {"by": by, "at": at.isoformat()}} | known
