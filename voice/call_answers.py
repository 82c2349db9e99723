"""What the conversation or the dossier desk said, turned into the next step of the call."""

from __future__ import annotations

from voice.call_ladders import missed
from voice.call_people import to_person
from voice.call_prompts import PAUSED, Call, enter
from voice.call_state import Answered, Ask, CallStep, Line, LookedUp, PapersSent

MAX_REFUSED = 2
_FORMS = {"code": "dossier", "last_four": "dossier", "whole_number": "dossier", "complaint": "complaint"}


def answered(call: Call, reply: Answered) -> CallStep:
    """A reply of the conversation: spoken in pieces, or the keypad's way of the same errand."""
    if call.world.pause:
        return enter(call, PAUSED, *(Line(chunk) for chunk in reply.chunks if reply.status == "urgent"), back=False)
    if reply.status == "handed_over":
        return to_person(call)
    if reply.asks:
        return enter(call, _FORMS.get(reply.asks, "callback"))
    if reply.status == "unanswered":
        return missed(call, "", Line(reply.chunks[0]))
    topics = (*call.state.topics, reply.title)[-4:] if reply.title else call.state.topics
    outcome = "answered" if reply.status in ("answered", "urgent") else call.state.outcome
    chunks = (call.said("choose").text,) if len(reply.choices) > 1 and reply.status == "clarification" else reply.chunks
    told = call.but(
        chunks=chunks, chunk=0, listed=reply.choices[:3], topics=topics, outcome=outcome,
        entry=reply.entry or call.state.entry, joined=reply.joined or call.state.joined,
        slow=call.state.slow or reply.slower,
    )  # fmt: skip
    return enter(told, "answer")


def papers_sent(call: Call, sent: PapersSent) -> CallStep:
    """Say that the papers are on the screen, or give a code for another when the joined conversation is over."""
    if not sent.said:
        return CallStep(call.but(joined="").state, effect=Ask("/move", keys=True))
    return enter(call.but(chunks=(sent.said,), chunk=0, listed=()), "answer")


def looked_up(call: Call, looked: LookedUp) -> CallStep:
    """A dossier's status in two sentences, or the one sentence of refusal; the second refusal calls a person."""
    if looked.found:
        told = (looked.said, looked.after) if looked.after else (looked.said,)
        return enter(call.but(chunks=told, back=(), corrections=0, refused=False), "dossier_told", back=False)
    refused = call.but(corrections=call.state.corrections + 1, outcome="dossier_refused", back=(), refused=True)
    if refused.state.corrections >= MAX_REFUSED:
        return to_person(refused, Line(looked.said))
    return enter(refused, "dossier_refused", Line(looked.said), back=False)
