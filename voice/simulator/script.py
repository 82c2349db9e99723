"""Runs a call written in YAML: what the caller does, step by step, and what must be heard.

A step holds at most one act (`press`, `say`, `silence`, `person`, `wait`, `picked_up`, `record`, `hang_up`; `repeat`:
the carrier posts the same again; `unanswered`: it got no answer and asks the fallback; `forge`: somebody else posts)
and any expectations: `hears` and `never` (parts of the words), `waits` (`Gather`, `Dial`, …, or `over`), `speech`,
`slow`, `whispers`, `refused` (the status of a forged post). `other` holds a step of a second call from the same number.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from voice.simulator.carrier import SimulatedCall

ACTS = (
    "press", "say", "silence", "person", "wait", "picked_up", "record", "repeat", "unanswered", "forge", "hang_up",
)  # fmt: skip
EXPECTATIONS = ("hears", "never", "waits", "speech", "slow", "whispers", "refused", "other")


class ScriptFailedError(AssertionError):
    """A call did not go as its script says."""


async def run_script(call: SimulatedCall, steps: list[dict[str, Any]]) -> None:
    """Place the call and go through the steps; raises `ScriptFailedError` at the first that is not met."""
    await call.begin()
    for number, step in enumerate(steps, start=1):
        unknown = set(step) - {*ACTS, *EXPECTATIONS}
        if unknown:
            raise ScriptFailedError(f"step {number}: no act or expectation is called {sorted(unknown)}")
        await _go(call, number, step)
        if "other" in step:
            await _go(await call.twin(), number, step["other"])


async def _go(call: SimulatedCall, number: int, step: dict[str, Any]) -> None:
    await act(call, step)
    if problem := unmet(call, step):
        raise ScriptFailedError(f"step {number}: {problem}; heard: {call.words!r}")


async def act(call: SimulatedCall, step: dict[str, Any]) -> None:
    """Do what a step says the caller, or a person at the other end, does."""
    name = next((act for act in ACTS if act in step), None)
    if name is None:
        return
    before = call.last_document
    call.forget()
    acts: dict[str, Callable[[Any], Awaitable[Any]]] = {
        "press": lambda keys: call.press(str(keys)),
        "say": call.say,
        "silence": lambda _: call.silence(),
        "person": call.person,
        "wait": call.wait,
        "picked_up": lambda _: call.picked_up(),
        "record": call.leave_message,
        "repeat": lambda _: _same_again(call, before),
        "unanswered": lambda _: call.unanswered(),
        "forge": lambda _: call.forge(),
        "hang_up": lambda _: call.hang_up(),
    }
    await acts[name](step[name])


async def _same_again(call: SimulatedCall, before: str) -> None:
    if await call.repeat() != before:
        raise ScriptFailedError("the same post again was answered differently")


def unmet(call: SimulatedCall, step: dict[str, Any]) -> str | None:
    """What a step expects and did not get; None when all is well."""
    words = call.words.lower()
    waiting = "over" if call.over else call.waiting.tag if call.waiting is not None else "nothing"
    whispered = " ".join(heard.text for heard in call.whispered).lower()
    checks: list[tuple[str, bool]] = [
        (f"{part!r} was not heard", part.lower() in words) for part in step.get("hears", ())
    ]
    checks += [(f"{part!r} was heard", part.lower() not in words) for part in step.get("never", ())]
    checks += [(f"{part!r} was not whispered", part.lower() in whispered) for part in step.get("whispers", ())]
    if "waits" in step:
        checks.append((f"the call waits at {waiting}", waiting == step["waits"]))
    if "refused" in step:
        checks.append((f"the post was answered with {call.status_code}", call.status_code == step["refused"]))
    if "speech" in step:
        hears = call.waiting is not None and "speech" in call.waiting.get("input", "dtmf")
        checks.append((f"speech is {'' if hears else 'not '}listened to", hears == step["speech"]))
    if "slow" in step:
        checks.append(("the pace is wrong", all(h.slow for h in call.heard if not h.recording) == step["slow"]))
    return next((problem for problem, good in checks if not good), None)
