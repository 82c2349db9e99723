"""The way to a person: operators, queue, callback, voicemail; and a decent end when nobody can be reached."""

from __future__ import annotations

from dataclasses import replace

from voice.call_prompts import Call, enter
from voice.call_state import CallStep, End, Kind, Line, PersonLegEnded, Recorded, Settle, TakeTicket, TicketTaken

SHORTEST_MESSAGE = 2
TAKEN = "taken"


def to_person(call: Call, *lead: Line) -> CallStep:
    """Ring the operators or join the queue while people work; otherwise offer a callback or a message."""
    if not call.world.open:
        return enter(call, "closed", *lead)
    if not (call.world.operators or call.world.queue):
        return enter(call, "busy", *lead)
    name = "dialling" if call.world.operators else "queued"
    waiting = call.but(name=name, outcome="person", back=(*call.state.back, call.state.name)[-6:])
    return CallStep(waiting.state, lead, effect=TakeTicket("hand_over"))


def promised(call: Call, ticket: TicketTaken) -> CallStep:
    """What follows a promise: the connection, the queue, or the ticket's number; a PIN may be heard again."""
    state = replace(call.state, ticket=ticket.number, pin=ticket.pin)
    if state.name == "dialling":
        return CallStep(state, (call.said("connecting"),), end=End("dial"))
    if state.name == "queued":
        return CallStep(state, (call.said("queue_join"),), end=End("queue"))
    if ticket.pin:
        return enter(replace(call, state=state), "complaint_told", back=False)
    said = call.said(f"{state.outcome}_taken", number=spell(ticket.number), window=ticket.window)
    return CallStep(replace(state, name="ended"), (said,), end=End("hangup"))


def spell(number: str) -> str:
    """A ticket number as it is read out: its digits only, in twos, as the letters are the same for all of a kind."""
    digits = "".join(c for c in number.rsplit("-", maxsplit=1)[-1] if c.isdigit())
    return ", ".join(digits[i : i + 2] for i in range(0, len(digits), 2))


def person_leg_ended(call: Call, ended: PersonLegEnded) -> CallStep:
    """The operators were rung, or the queue was left: goodbye after a talk or a promise, else the next best way.

    The result `taken` is ours: somebody at the desk took the case while the caller waited and will call back at once.
    """
    if ended.result in ("completed", "bridged", "answered", "hangup"):
        return CallStep(call.state, effect=Settle())
    if ended.result == TAKEN:
        return goodbye(call, "callback")
    if call.state.name == "dialling" and call.world.queue:
        return CallStep(replace(call.state, name="queued"), (call.said("queue_join"),), end=End("queue"))
    if ended.result == "leave":
        return enter(call, "callback", back=False)
    return enter(call, "busy", back=False)


def record(call: Call) -> CallStep:
    """Record a message; reached only by the key or the word that agrees to it."""
    outcome = "complaint" if call.state.category else "voicemail"
    asking = replace(call.state, name="record", outcome=outcome, back=(*call.state.back, call.state.name)[-6:])
    return CallStep(asking, (call.said("record"),), end=End("record"))


def recorded(call: Call, message: Recorded) -> CallStep:
    """Put a message in a ticket; one without words is offered again."""
    if message.seconds < SHORTEST_MESSAGE or not message.recording:
        again = call.state.back[-1] if call.state.back else "voicemail"
        return enter(call.but(back=call.state.back[:-1]), again, call.said("nothing_recorded"), back=False)
    kind: Kind = "complaint" if call.state.outcome == "complaint" else "voicemail"
    return CallStep(call.state, effect=TakeTicket(kind, call.state.category, recording=message.recording))


def take_callback(call: Call) -> CallStep:
    """Promise to call back: the number that calls, or the one that was entered and confirmed."""
    kind: Kind = "complaint" if call.state.category else "callback"
    asking = replace(call.state, name="ended", outcome=kind)
    return CallStep(asking, effect=TakeTicket(kind, call.state.category, contact=call.state.text or None))


def goodbye(call: Call, outcome: str = "") -> CallStep:
    """Thank and hang up."""
    state = replace(call.state, name="ended", outcome=outcome or call.state.outcome)
    return CallStep(state, (call.said("goodbye"),), end=End("hangup"))
