"""The carrier's webhooks: every post is checked, answered from the store when it is a repetition, else stepped on.

Whatever fails inside, the caller hears the fallback: an apology, the operators when there are any, else the hours.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from structlog.contextvars import bind_contextvars

from bot import metrics
from bot.limits import Limit, RateLimiter
from bot.problems import Problem
from store import calls
from store.base import now
from voice.book import load_book
from voice.call_people import TAKEN
from voice.call_state import Began, CallState, Input, Keys, Line, PersonLegEnded, Recorded, Silence, Speech, World
from voice.effects import Caller, keep_transcript
from voice.fallback import apology, go_on
from voice.line import Telephone
from voice.media.connect import render_connect
from voice.queue import minutes_left, wait_lines
from voice.record import CallRecords, Found, Turn
from voice.signature import NOW_HEADER, STREAM_HEADER, Signed
from voice.stepping import step_on
from voice.twiml import render, render_agent, render_leave, render_lines, render_wait, render_whisper
from voice.whisper import whisper_line

log = structlog.get_logger()
# Posts of calls answered at once; a call that begins beyond them is offered a callback instead of the menu.
CALLS_AT_ONCE = 48
# Posts of all calls from one number, far more than people on one line can make.
PER_NUMBER = Limit(240, 60)
_OVER = ("completed", "busy", "failed", "no-answer", "canceled")
_WITHHELD = re.compile(r"anonymous|unknown|restricted|unavailable|^\+?(?:266696687|86282452253|464)$", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}")
_PROMPT = re.compile(r"[a-z_]+(?:\.[a-z_]+)?(?:\.\d)?")


class Webhooks:
    """The routes of the telephone."""

    def __init__(self, phone: Telephone, limiter: RateLimiter) -> None:
        self._phone, self._limiter = phone, limiter
        self._records = CallRecords(phone.database, phone.vault)
        self._locks: dict[str, asyncio.Lock] = {}
        self._answering = 0
        self._jobs: set[asyncio.Task[None]] = set()
        self.router = APIRouter(prefix="/voice")
        routes = {
            "/incoming": self.incoming, "/turn": self.turn, "/status": self.status, "/fallback": self.fallback,
            "/wait": self.wait, "/whisper": self.whisper, "/agent": self.agent, "/recording": self.recording,
        }  # fmt: skip
        for path, endpoint in routes.items():
            self.router.add_api_route(path, endpoint, methods=["POST"])
        self.router.add_api_route("/prompts/{name}.wav", self.prompt, methods=["GET"])

    async def incoming(self, request: Request) -> Response:
        """A call begins: the greeting and the main menu, or its media stream where speech is recognised here."""
        return await self._answer(request, 0, begins=True)

    async def turn(self, request: Request) -> Response:
        """The caller pressed, spoke or kept silent; or a leg of the call ended."""
        number = request.query_params.get("turn", "")
        if not _NUMBER.fullmatch(number):
            raise Problem(422)
        return await self._answer(request, int(number))

    async def _answer(self, request: Request, number: int, *, begins: bool = False) -> Response:
        signed = await self._phone.gatekeeper.admit(request)
        call_id = signed.values.get("CallSid", "")
        if not call_id or len(call_id) > 64:
            raise Problem(422)
        if await self._too_often(signed):
            metrics.SHED.labels("phone").inc()
            return _xml(render_lines((self._phone.book().said("overloaded"),), self._phone.carrier))
        at = _at(request, signed)
        streamed = self._phone.streams or (signed.simulated and STREAM_HEADER in request.headers)
        lock = self._locks.setdefault(call_id, asyncio.Lock())
        overloaded = begins and self._answering >= CALLS_AT_ONCE
        self._answering += 1
        try:
            async with lock:
                if overloaded:
                    metrics.SHED.labels("phone").inc()
                elif begins and streamed:
                    await self._found(call_id, number, signed, at)
                    return _xml(render_connect(self._phone.vault, call_id, self._phone.carrier))
                world = self._phone.world(at)
                world = replace(world, overloaded=overloaded, speech=world.speech and not streamed)
                return _xml(await self._step(call_id, number, signed, world, at))
        except Exception:
            log.exception("call not answered")
            return _xml(apology(self._phone, at))
        finally:
            self._answering -= 1
            if not lock.locked():
                self._locks.pop(call_id, None)

    async def _too_often(self, signed: Signed) -> bool:
        """Whether the number, or the browser of a simulated call, posts more often than people do."""
        who = signed.client or _shown(signed)
        if who is None:
            return False
        return bool(await self._limiter.retry_after(f"phone:{self._phone.vault.fingerprint(who, 'limit')}", PER_NUMBER))

    async def _step(self, call_id: str, number: int, signed: Signed, world: World, at: datetime) -> str:
        """The TwiML of a turn. world: without speech where our own streams recognise it, not the carrier."""
        started = time.perf_counter()
        found, heard = await self._found(call_id, number, signed, at)
        if found.answer is not None:
            return found.answer
        if found.over:
            return render_lines((self._phone.book().said("goodbye"),), self._phone.carrier)
        world = replace(world, caller_known=found.caller.number is not None)
        step = await step_on(self._phone, found.caller, found.state, heard, f"{call_id}:{number}", at, world)
        after = replace(step.state, turn=number + 1)
        answer = render(replace(step, state=after), call_id, self._phone.carrier)
        spent = (time.perf_counter() - started) * 1000
        turn = Turn(call_id, number, heard, found.state, after, answer, spent, at)
        return await asyncio.to_thread(self._records.keep, turn)

    async def _found(self, call_id: str, number: int, signed: Signed, at: datetime) -> tuple[Found, Input]:
        found = await asyncio.to_thread(self._records.find, call_id, number)
        if found is None:
            opened = await asyncio.to_thread(self._records.open, call_id, _shown(signed), at, signed.client)
            bind_contextvars(conversation=opened.caller.conversation_id)
            return opened, Began()
        bind_contextvars(conversation=found.caller.conversation_id)
        heard = Began() if number == 0 else read_input(signed.values, found.state)
        if heard == PersonLegEnded("leave") and await asyncio.to_thread(self._taken, call_id):
            heard = PersonLegEnded(TAKEN)
        return found, heard

    async def status(self, request: Request) -> Response:
        """The call's status changed; the last one closes its record."""
        signed = await self._phone.gatekeeper.admit(request)
        status, seconds = signed.values.get("CallStatus", ""), signed.values.get("CallDuration", "")
        if status in _OVER:
            length = int(seconds) if _NUMBER.fullmatch(seconds) else None
            at = _at(request, signed)
            ended = await asyncio.to_thread(self._records.close, signed.values.get("CallSid", ""), status, length, at)
            if ended:
                await self._phone.forget(ended)
        return Response(status_code=204)

    async def fallback(self, request: Request) -> Response:
        """The carrier got no usable answer elsewhere; this needs neither the store nor the dialogue."""
        signed = await self._phone.gatekeeper.admit(request)
        return _xml(go_on(self._phone, request.query_params, signed.values, _at(request, signed)))

    async def wait(self, request: Request) -> Response:
        """A caller waits in the queue: the place, the time left, and after two minutes the offer to be called back."""
        values = (await self._phone.gatekeeper.admit(request)).values
        if values.get("Digits") == "1":
            return _xml(render_leave(Line(""), self._phone.carrier))
        if await asyncio.to_thread(self._taken, values.get("CallSid", "")):
            return _xml(render_leave(load_book().said("queue_taken"), self._phone.carrier))
        lines, offer = wait_lines(load_book(), minutes_left(values), values)
        return _xml(render_wait(lines, self._phone.carrier, offer=offer))

    async def whisper(self, request: Request) -> Response:
        """What the operator hears before being connected with the caller."""
        await self._phone.gatekeeper.admit(request)
        line = await asyncio.to_thread(self._whispered, request.query_params.get("call", ""))
        return _xml(render_whisper(line, self._phone.carrier))

    async def agent(self, request: Request) -> Response:
        """One of the operators phones in and picks the caller up who has waited longest."""
        signed = await self._phone.gatekeeper.admit(request)
        book, carrier = load_book(), self._phone.carrier
        if not carrier.knows_operator(signed.values.get("From", "")):
            return _xml(render_lines((book.said("agent_unknown"),), carrier))
        line = await asyncio.to_thread(self._whispered_of_longest_waiting)
        return _xml(render_agent(line, book.said("agent_empty"), carrier))

    def _whispered_of_longest_waiting(self) -> Line:
        with self._phone.database.read() as session:
            call = calls.longest_waiting(session)
            waiting = call.id if call else ""
        return self._whispered(waiting)

    def _whispered(self, call_id: str) -> Line:
        found = self._records.find(call_id, -1)
        with self._phone.database.read() as session:
            words = calls.last_words(session, call_id)
        return whisper_line(load_book(), found.state if found else None, words)

    def _taken(self, call_id: str) -> bool:
        with self._phone.database.read() as session:
            return calls.taken_at_desk(session, call_id)

    async def recording(self, request: Request) -> Response:
        """A recording is ready: turn it into words for its ticket, when this gateway can."""
        signed = await self._phone.gatekeeper.admit(request)
        found = await asyncio.to_thread(self._records.find, signed.values.get("CallSid", ""), -1)
        address = signed.values.get("RecordingUrl", "")
        if found and address and self._phone.transcribe is not None:
            job = asyncio.create_task(self._transcribe(found.caller, address))
            self._jobs.add(job)
            job.add_done_callback(self._jobs.discard)
        return Response(status_code=204)

    async def _transcribe(self, caller: Caller, address: str) -> None:
        if self._phone.transcribe is None:
            return
        bind_contextvars(conversation=caller.conversation_id)
        try:
            text = await self._phone.transcribe(address)
            await asyncio.to_thread(keep_transcript, self._phone, caller.conversation_id, text)
        except Exception:
            log.exception("recording not transcribed")

    async def prompt(self, name: str) -> FileResponse:
        """A recorded prompt; it says nothing about any call, so anybody may fetch it."""
        path = self._phone.carrier.recordings / f"{name}.wav"
        if not _PROMPT.fullmatch(name) or not await asyncio.to_thread(path.is_file):
            raise Problem(404)
        return FileResponse(path, media_type="audio/wav")


def read_input(values: dict[str, str], state: CallState) -> Input:
    """What a post of the carrier says that the caller did."""
    if result := values.get("DialCallStatus") or values.get("QueueResult"):
        return PersonLegEnded(result)
    if state.name == "record":
        seconds = values.get("RecordingDuration", "0")
        return Recorded(int(seconds) if _NUMBER.fullmatch(seconds) else 0, values.get("RecordingUrl", ""))
    if values.get("Digits"):
        return Keys(values["Digits"])
    return Speech(values["SpeechResult"]) if values.get("SpeechResult") else Silence()


def voice_router(phone: Telephone, limiter: RateLimiter) -> APIRouter:
    """The routes of `/voice` over one telephone."""
    return Webhooks(phone, limiter).router


def _shown(signed: Signed) -> str | None:
    """The caller's number; None when it is withheld."""
    caller = signed.values.get("From", "")
    return None if not caller or _WITHHELD.search(caller) else caller


def _at(request: Request, signed: Signed) -> datetime:
    """Now; the simulator may name another moment."""
    named = request.headers.get(NOW_HEADER) if signed.simulated else None
    return datetime.fromisoformat(named) if named else now()


def _xml(twiml: str) -> Response:
    return Response(twiml, media_type="application/xml")
