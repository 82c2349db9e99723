"""One call over its media stream: the caller's sound and keys become inputs of the flow, its steps become sound.

Every turn is committed with what the carrier should do if the stream broke right after it, so a call outlives its
stream: the same post that hands it to a person also goes on with keys where the stream was lost.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime

import structlog

from voice.book import as_recorded, load_book
from voice.call_state import Began, CallState, CallStep, Input, Recorded, Speech
from voice.effects import Caller
from voice.media.activity import Activity
from voice.media.equipment import Equipment
from voice.media.frames import Frame, Key, Played, Sound, Stopped
from voice.media.listener import Listener, Utterance
from voice.media.message import END_KEY, MessageRecorder
from voice.media.mouth import Mouth
from voice.media.phrases import allowed_phrases, words_are_free
from voice.media.sound import TELEPHONE_RATE, beep, from_mulaw, to_mulaw
from voice.media.utterance import UtteranceFinder
from voice.record import Turn
from voice.stepping import step_on
from voice.twiml import render

log = structlog.get_logger()
END_SECONDS, END_SECONDS_CODE, SLOWER_SECONDS = 0.7, 1.2, 0.45
MOST_AHEAD = 40


class StreamedCall:
    """call_id, caller: of the call's record. mouth: speaks into its stream. clock: tells the moment."""

    def __init__(
        self, equipment: Equipment, call_id: str, caller: Caller, mouth: Mouth, clock: Callable[[], datetime]
    ) -> None:
        self._with, self._id, self._caller, self._mouth, self._clock = equipment, call_id, caller, mouth, clock
        self._step = CallStep(CallState())
        self._listener: Listener | None = None
        self._recorder: MessageRecorder | None = None
        self._work: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._ahead = ""

    async def run(self, frames: AsyncIterator[Frame]) -> None:
        """Serve the call until its stream should end, or has ended; what is under way is finished."""
        self._advance(Began())
        pump, over = asyncio.create_task(self._pump(frames)), asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait({pump, over}, return_when=asyncio.FIRST_COMPLETED)
            if self._recorder is not None:
                self._message_over()
        finally:
            over.cancel()
            if not pump.done():
                pump.cancel()
            await asyncio.gather(pump, over, *([self._work] if self._work else ()), return_exceptions=True)
        if not pump.cancelled() and (error := pump.exception()):
            raise error

    async def _pump(self, frames: AsyncIterator[Frame]) -> None:
        async for frame in frames:
            match frame:
                case Sound(mulaw):
                    await self._hear(mulaw)
                case Key(digit):
                    await self._press(digit)
                case Played(name) if self._mouth.played(name):
                    self._prompt_over()
                case Stopped():
                    return

    async def _hear(self, mulaw: bytes) -> None:
        samples = from_mulaw(mulaw)
        if self._mouth.waited(len(samples) / TELEPHONE_RATE):
            self._prompt_over()
        if self._recorder is not None:
            if self._recorder.hear(samples):
                self._message_over()
        elif self._listener is not None:
            found = self._listener.hear(samples)
            if self._listener.interrupts:
                await self._interrupted()
            if found is not None:
                self._advance(found)

    async def _press(self, digit: str) -> None:
        if self._recorder is not None:
            if digit == END_KEY:
                self._message_over()
        elif self._listener is None:
            self._ahead = (self._ahead + digit)[:MOST_AHEAD]
        else:
            await self._interrupted()
            entered = self._listener.press(digit)
            if entered is not None:
                self._advance(entered)

    async def _interrupted(self) -> None:
        if self._mouth.talking and self._listener is not None:
            self._listener.prompt_over()
            await self._mouth.interrupt()

    def _prompt_over(self) -> None:
        """The prompt was heard out: wait for the caller, record, or let the carrier go on."""
        end = self._step.end
        if self._listener is not None:
            self._listener.prompt_over()
        elif end is not None and end.kind == "record":
            self._recorder = MessageRecorder()
        elif end is not None:
            self._over.set()

    def _message_over(self) -> None:
        if self._recorder is not None:
            samples, self._recorder = self._recorder.message(), None
            self._advance(Utterance(samples))

    def _advance(self, heard: Input | Utterance) -> None:
        self._listener = None
        self._work = asyncio.create_task(self._turn(heard, self._work))

    async def _turn(self, heard: Input | Utterance, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        work = asyncio.create_task(self._next(heard))
        try:
            done, _ = await asyncio.wait({work}, timeout=self._with.filler_seconds)
            if not done:
                self._mouth.begin()
                await self._mouth.say(await self._with.synthesis.telephone(load_book().said("filler")))
            await self._perform(await work)
        except Exception:
            log.exception("streamed call not answered")
            self._over.set()

    async def _next(self, heard: Input | Utterance) -> CallStep:
        """The step after an input, committed."""
        started, at, before = time.perf_counter(), self._clock(), self._step.state
        known = await self._recognised(heard) if isinstance(heard, Utterance) else heard
        phone, number = self._with.phone, before.turn
        world = phone.world(at, caller_known=self._caller.number is not None)
        world = replace(world, speech=self._with.phone.recogniser is not None)
        step = await step_on(phone, self._caller, before, known, f"{self._id}:{number}", at, world)
        after = replace(step.state, turn=number + 1)
        step = replace(step, state=after)
        spent = (time.perf_counter() - started) * 1000
        turn = Turn(self._id, number, known, before, after, self._without_stream(step), spent, at)
        await asyncio.to_thread(self._with.records.keep, turn)
        if isinstance(known, Recorded) and known.recording and isinstance(heard, Utterance):
            self._with.messages.written_down(self._caller, heard.samples)
        return step

    async def _recognised(self, said: Utterance) -> Input:
        """An utterance as words; in the state that records, as a kept message."""
        state, listen = self._step.state, self._step.listen
        if state.name == "record":
            seconds = len(said.samples) // TELEPHONE_RATE
            address = await self._with.messages.keep(self._caller, said.samples) if seconds else ""
            return Recorded(seconds, address)
        if self._with.phone.recogniser is None or listen is None:
            return Speech("")
        book = self._with.phone.book()
        phrases, free = allowed_phrases(book, state, listen), words_are_free(book, state)
        return Speech(await self._with.phone.recogniser.hear(said.samples, phrases, free=free))

    def _without_stream(self, step: CallStep) -> str:
        """The TwiML that goes on without a stream: what was said already is not said again, speech is not heard."""
        listen = replace(step.listen, speech=False) if step.listen is not None else None
        said = step.say if listen is not None else ()
        return render(replace(step, say=said, listen=listen), self._id, self._with.phone.carrier)

    async def _perform(self, step: CallStep) -> None:
        self._step = step
        self._mouth.begin()
        if step.listen is not None:
            self._listener = Listener(step.listen, self._finder(step))
            if await self._typed_ahead(self._listener):
                return
        for line in as_recorded(step.say, self._with.phone.carrier.recordings):
            sound = await self._with.synthesis.telephone(line, slow=step.state.slow)
            if not await self._mouth.say(sound):
                return
        if step.end is not None and step.end.kind == "record":
            await self._mouth.say(to_mulaw(beep()))
        await self._mouth.end()

    def _finder(self, step: CallStep) -> UtteranceFinder | None:
        if step.listen is None or not step.listen.speech or self._with.phone.recogniser is None:
            return None
        place = self._with.phone.book().menu.states[step.state.name]
        end = END_SECONDS_CODE if place.code_speech else END_SECONDS
        return UtteranceFinder(Activity(), end + SLOWER_SECONDS if step.state.slow else end)

    async def _typed_ahead(self, listener: Listener) -> bool:
        """Give a new state the keys that were pressed before it; whether they complete its entry."""
        while self._ahead:
            digit, self._ahead = self._ahead[0], self._ahead[1:]
            await self._interrupted()
            entered = listener.press(digit)
            if entered is not None:
                self._advance(entered)
                return True
        return False
