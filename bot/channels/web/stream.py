"""`WS /api/chat/stream`: replies, a person's words and the place in the queue, as they are committed."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.orm import Session

from bot import replies
from bot.channels.web import sessions
from bot.feed import Feed
from store import hand_over, turns
from store.conversations import ConversationRow, TurnRow
from store.engine import Database
from store.staff import UserRow

FIRST_FRAME_SECONDS = 10.0
MAX_FRAME = 4096
_UNATTENDED = {"state": "assistant", "place": None, "agent": None}


class ChatStream:
    """Watches one conversation a socket. The first frame is ``{"token": …, "after": turn id or null}``."""

    def __init__(self, database: Database, feed: Feed, allowed_origins: tuple[str, ...], base_url: str) -> None:
        self._db, self._feed = database, feed
        self._origins = (*allowed_origins, base_url)
        self.router = APIRouter()
        self.router.add_api_websocket_route("/api/chat/stream", self.stream)

    async def stream(self, socket: WebSocket) -> None:
        """Serve one browser until either side closes."""
        if not self._origin_ok(socket):
            await socket.close(4403)
            return
        await socket.accept()
        try:
            conversation_id, seq = await self._begin(socket)
            sender = asyncio.create_task(self._send_news(socket, conversation_id, seq))
            try:
                await self._until_closed(socket)
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)
        except (WebSocketDisconnect, TimeoutError, ValueError, KeyError, RuntimeError):
            await _close(socket, 4401)

    def _origin_ok(self, socket: WebSocket) -> bool:
        origin = socket.headers.get("origin")
        return origin is None or origin in self._origins or origin.split("://", 1)[-1] == socket.headers.get("host")

    async def _begin(self, socket: WebSocket) -> tuple[str, int]:
        frame = await asyncio.wait_for(socket.receive_json(), FIRST_FRAME_SECONDS)
        return await asyncio.to_thread(self._open, str(frame["token"]), frame.get("after"))

    def _open(self, token: str, after: str | None) -> tuple[str, int]:
        with self._db.read() as session:
            row = sessions.find(session, token)
            if row is None:
                raise ValueError("unknown token")
            seen = session.get(TurnRow, after) if after else None
            return row.id, seen.seq if seen and seen.conversation_id == row.id else 0

    async def _until_closed(self, socket: WebSocket) -> None:
        while True:
            heard = await socket.receive()
            if heard["type"] == "websocket.disconnect" or len(heard.get("text") or "") > MAX_FRAME:
                return

    async def _send_news(self, socket: WebSocket, conversation_id: str, seq: int) -> None:
        told = _UNATTENDED
        async for _ in self._feed.watch(conversation_id):
            row, news, attended = await asyncio.to_thread(self._news, conversation_id, seq)
            if attended != told:
                told = attended
                await socket.send_json({"type": "queue", **told})
            for turn in news:
                seq = turn.seq
                if turn.author != "citizen":
                    await socket.send_json(_frame(turn))
            if row is None or row.ended_at is not None:
                await socket.send_json({"type": "closed"})
                await _close(socket, 1000)
                return

    def _news(self, conversation_id: str, seq: int) -> tuple[ConversationRow | None, list[TurnRow], dict[str, Any]]:
        with self._db.read() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None:
                return None, [], {"state": "ended", "place": None, "agent": None}
            return row, turns.after(session, conversation_id, seq), attendance(session, row)


def attendance(session: Session, row: ConversationRow) -> dict[str, Any]:
    """Who has the conversation: its state, the place in the queue while queued, the name of the person writing."""
    ticket = hand_over.open_hand_over(session, row.id) if row.state == "queued" else None
    user = session.get(UserRow, row.agent) if row.agent else None
    return {
        "state": row.state,
        "place": hand_over.place_in_queue(session, ticket) if ticket else None,
        "agent": user.display_name if user else row.agent,
    }


def _frame(turn: TurnRow) -> dict[str, Any]:
    return {"type": "person" if turn.author == "person" else "reply", **replies.turn_json(turn)}


async def _close(socket: WebSocket, code: int) -> None:
    try:
        await socket.close(code)
    except (RuntimeError, WebSocketDisconnect):
        return
