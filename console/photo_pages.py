"""A photograph that a citizen added to a complaint: for those who help people, the look on the record."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from bot import photos
from console import desk
from console.accounts import Staff
from console.desk_pages import find
from console.pages import Console, ConsoleRoute, Refused

# Nothing but a picture: no browser may take it for a page, keep a copy, or let another site show it.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def photo_router(console: Console) -> APIRouter:
    """The photographs of a ticket."""
    router = APIRouter(route_class=ConsoleRoute)
    agent = Depends(console.may("desk"))

    @router.get("/console/tickets/{ticket_id}/photos/{number}.jpg")
    def photo(ticket_id: str, number: int, staff: Staff = agent) -> Response:
        """One photograph, counted from 0; a look is recorded once in a while, as reading the conversation is."""
        with console.database.read() as session:
            talk = find(session, ticket_id)
            kept = photos.of_ticket(session, ticket_id)
            jpeg = photos.show(session, console.vault, kept[number]) if 0 <= number < len(kept) else None
        if jpeg is None:
            raise Refused(404, "Không có ảnh này.")
        desk.look(console.database, staff, talk, desk.LOOKED_AT_PHOTOS)
        return Response(jpeg, media_type="image/jpeg", headers=HEADERS)

    return router
