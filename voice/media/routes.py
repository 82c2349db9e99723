"""`WS /voice/media`, the carrier's media streams, and the post that says how a call goes on after its stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response, WebSocket, WebSocketDisconnect

from bot.problems import Problem, response
from store.base import now
from voice.media.connect import PATH, TICKET, ticket
from voice.media.equipment import Equipment
from voice.media.frames import BadFrameError, Connected, Frame, Started, read_frame
from voice.media.mouth import Mouth, Send
from voice.media.streamed_call import StreamedCall
from voice.record import Found
from voice.signature import NOW_HEADER
from voice.twiml import render_redirect

log = structlog.get_logger()
START_SECONDS = 10.0
QUIET_SECONDS = 30.0
MOST_STREAMS = 100
MOST_BAD_FRAMES = 20
_POLICY, _BAD_DATA, _TOO_MANY, _NORMAL = 1008, 1007, 1013, 1000


class MediaStreams:
    """The streams of this replica. equipment: what a streamed call needs."""

    def __init__(self, equipment: Equipment) -> None:
        self._with = equipment
        self._open: set[str] = set()
        self.router = APIRouter(lifespan=self._ready)
        self.router.add_api_websocket_route(PATH, self.stream)
        self.router.add_api_route("/voice/streamed", self.streamed, methods=["POST"])

    @asynccontextmanager
    async def _ready(self, app: object) -> AsyncIterator[None]:
        """Say at the start whether callers on streams can speak."""
        if self._with.phone.recogniser is None:
            log.warning("speech recognition has no model: callers on media streams use keys", do="make speech")
        yield

    async def stream(self, socket: WebSocket) -> None:
        """Serve one stream until the caller hangs up or the call leaves it."""
        try:
            simulated = self._with.phone.gatekeeper.admit_stream(socket)
        except Problem as problem:
            await socket.send_denial_response(response(problem.status))
            return
        await socket.accept()
        named = socket.headers.get(NOW_HEADER) if simulated else None
        clock: Callable[[], datetime] = (lambda: datetime.fromisoformat(named)) if named else now
        await _close(socket, await self._served(socket, clock))

    async def _served(self, socket: WebSocket, clock: Callable[[], datetime]) -> int:
        """The code to close with, once the stream is over."""
        incoming = _frames(socket)
        try:
            async with asyncio.timeout(START_SECONDS):
                started = await _start(incoming)
            found = await self._admitted(started)
            if found is None:
                return _POLICY
            self._open.add(started.call)
            try:
                mouth = Mouth(started.stream, _sender(socket))
                await StreamedCall(self._with, started.call, found.caller, mouth, clock).run(incoming)
            finally:
                self._open.discard(started.call)
        except (BadFrameError, TimeoutError) as error:
            log.warning("media stream refused", reason=type(error).__name__)
            return _BAD_DATA
        except WebSocketDisconnect:
            return _NORMAL
        return _NORMAL

    async def _admitted(self, started: Started) -> Found | None:
        """The call of a stream that shows its ticket and is its first."""
        if started.parameters.get(TICKET) != ticket(self._with.phone.vault, started.call):
            return None
        if started.call in self._open or len(self._open) >= MOST_STREAMS:
            return None
        found = await asyncio.to_thread(self._with.records.find, started.call, 0)
        fresh = found is not None and not found.over and found.state.turn == 0
        return found if fresh else None

    async def streamed(self, request: Request) -> Response:
        """The stream is over: ring a person, hang up, or go on with keys where the stream was lost."""
        signed = await self._with.phone.gatekeeper.admit(request)
        call_id = signed.values.get("CallSid", "")
        found = await asyncio.to_thread(self._with.records.find, call_id, -1)
        if found is None:
            raise Problem(422)
        if found.state.turn == 0:
            return _xml(render_redirect(self._with.phone.carrier.turn_url(0)))
        last = await asyncio.to_thread(self._with.records.find, call_id, found.state.turn - 1)
        if last is None or last.answer is None:
            raise Problem(422)
        return _xml(last.answer)


async def _start(frames: AsyncIterator[Frame]) -> Started:
    async for frame in frames:
        if isinstance(frame, Started):
            return frame
        if not isinstance(frame, Connected):
            raise BadFrameError("the stream does not begin with its start")
    raise BadFrameError("the stream ended before it began")


async def _frames(socket: WebSocket) -> AsyncIterator[Frame]:
    """The messages of a socket; ends with it, or when the carrier falls silent. Raises BadFrameError for too many."""
    bad = 0
    while True:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                message = await socket.receive()
        except TimeoutError:
            return
        if message["type"] == "websocket.disconnect":
            return
        try:
            frame = read_frame(message.get("text") or "")
        except BadFrameError:
            bad += 1
            if bad > MOST_BAD_FRAMES:
                raise
            continue
        if frame is not None:
            yield frame


def _sender(socket: WebSocket) -> Send:
    async def send(text: str) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_text(text)

    return send


async def _close(socket: WebSocket, code: int) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):
        await socket.close(code)


def _xml(twiml: str) -> Response:
    return Response(twiml, media_type="application/xml")
