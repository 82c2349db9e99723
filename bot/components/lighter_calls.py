"""Keeps what Rasa stores and sends to actions small: no vectors, and recent events only.

Rasa stores the metadata of a message with its event, that of the first also in a slot, and sends all events of a
conversation with each action call, so that both grow with every turn.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

RECENT_EVENTS = 16


def lighten() -> None:
    """Do all of it. Call before Rasa loads a model."""
    keep_vectors_out_of_trackers()
    keep_metadata_out_of_sessions()
    send_recent_events_only()


def keep_vectors_out_of_trackers() -> None:
    """Let `MessageProcessor.parse_message` take the vector out of the metadata once the pipeline has used it."""
    from rasa.core.processor import MessageProcessor

    parse = MessageProcessor.parse_message

    @wraps(parse)
    async def parse_and_forget(self: Any, message: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        parsed: dict[str, Any] = await parse(self, message, *args, **kwargs)
        if message.metadata:
            message.metadata = {key: value for key, value in message.metadata.items() if key != "v"}
        return parsed

    MessageProcessor.parse_message = parse_and_forget


def keep_metadata_out_of_sessions() -> None:
    """Let `MessageProcessor` start a session without a slot that holds the first message's metadata."""
    from rasa.core.processor import MessageProcessor

    start = MessageProcessor._update_tracker_session

    @wraps(start)
    async def start_plainly(self: Any, tracker: Any, output_channel: Any, metadata: Any = None) -> None:
        await start(self, tracker, output_channel)

    MessageProcessor._update_tracker_session = start_plainly


def send_recent_events_only() -> None:
    """Let `RemoteAction._action_call_format` send the latest `RECENT_EVENTS` events; slots and all else stay whole."""
    from rasa.core.actions.action import RemoteAction

    form = RemoteAction._action_call_format

    @wraps(form)
    def form_shortly(self: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        call: dict[str, Any] = form(self, tracker, domain)
        call["tracker"]["events"] = call["tracker"]["events"][-RECENT_EVENTS:]
        return call

    RemoteAction._action_call_format = form_shortly
