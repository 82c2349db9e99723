"""Takes a call one input further: the pure step, the effects it asks for, and the step that follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from voice.call import next_step
from voice.call_state import CallState, CallStep, Input, Line, World
from voice.effects import Caller, run_effect
from voice.line import Telephone

MAX_EFFECTS = 4


async def step_on(
    phone: Telephone, caller: Caller, state: CallState, heard: Input, message_id: str, at: datetime, world: World
) -> CallStep:
    """What happens after an input, nothing left to be done first. message_id: the same for the same input again."""
    book = phone.book()
    step = next_step(state, heard, book, world)
    said: tuple[Line, ...] = ()
    for number in range(MAX_EFFECTS):
        said += step.say
        if step.effect is None:
            return replace(step, say=said)
        result = await run_effect(phone, caller, step.effect, f"{message_id}:{number}", at)
        step = next_step(step.state, result, book, world)
    raise RuntimeError("a call's step asks for one effect after another")
