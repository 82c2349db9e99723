"""A message that a caller left, as sound: for those who help people, each time on the record."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from console import audit
from console.accounts import Staff
from console.desk_pages import find
from console.pages import Console, ConsoleRoute, Refused
from store import recordings


def recording_router(console: Console) -> APIRouter:
    """The messages of a ticket's call."""
    router = APIRouter(route_class=ConsoleRoute)
    agent = Depends(console.may("desk"))

    @router.get("/console/tickets/{ticket_id}/recordings/{number}.wav")
    def recording(ticket_id: str, number: int, staff: Staff = agent) -> Response:
        """One message; the browser keeps no copy."""
        with console.database.write() as session:
            talk = find(session, ticket_id)
            left = recordings.of_conversation(session, talk.conversation.id) if talk.conversation else []
            if not 0 <= number < len(left):
                raise Refused(404, "Không có lời nhắn này.")
            audit.note(session, staff.name, "listened to a message", talk.ticket.number)
            sound = recordings.wav(recordings.sound(console.vault, left[number]))
        return Response(sound, media_type="audio/wav", headers={"Cache-Control": "no-store"})

    return router
