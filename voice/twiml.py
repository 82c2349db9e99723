"""Renders a `CallStep` as TwiML, by the vendor's library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from twilio.twiml import TwiML
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from voice.book import as_recorded
from voice.call_state import CallStep, Line, Listen

QUEUE = "motcua"
MUSIC = "queue_music"
PAUSE_SECONDS = 40
SLOW_RATE = "87%"
MAX_MESSAGE_SECONDS = 120
RING_SECONDS = 25
HINT_CHARACTERS = 500
HINT_PHRASE_CHARACTERS = 100
"""The longest phrase that the documentation of ``<Gather hints>`` allows."""
NATIONAL_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Carrier:
    """What the carrier reaches us at and what it can do.

    base: public address. voice: of synthesis. recordings: folder of WAV files that replace prompts. speech: whether
    ``<Gather>`` recognises speech; Somleng's knows keys only, has no queue and no SSML.
    """

    base: str
    voice: str
    recordings: Path
    operators: tuple[str, ...] = ()
    speech: bool = True

    def knows_operator(self, number: str) -> bool:
        """Whether a calling number is one of the operators', however its country code is written."""
        last = number[-NATIONAL_DIGITS:]
        return len(last) == NATIONAL_DIGITS and any(o.endswith(last) for o in self.operators)

    def turn_url(self, turn: int) -> str:
        """Where the next input of a call is posted."""
        return f"{self.base}/voice/turn?turn={turn}"


def render(step: CallStep, call_id: str, carrier: Carrier) -> str:
    """The TwiML of a step that needs no effect any more."""
    response = VoiceResponse()
    url = carrier.turn_url(step.state.turn)
    if step.listen is not None:
        gather = Gather(**_gather(step.listen, url))
        _say(gather, step.say, step.state.slow, carrier)
        response.append(gather)
        response.redirect(url, method="POST")
        return str(response)
    _say(response, step.say, step.state.slow, carrier)
    _end(response, step, call_id, url, carrier)
    return str(response)


def _gather(listen: Listen, url: str) -> dict[str, object]:
    attributes: dict[str, object] = {
        "action": url,
        "method": "POST",
        "timeout": listen.timeout,
        "finish_on_key": listen.finish,
        "action_on_empty_result": True,
    }
    if listen.digits is not None:
        attributes["num_digits"] = listen.digits
    if listen.speech:
        hints = _hints(listen.hints)
        attributes |= {
            "input": "dtmf speech",
            "language": "vi-VN",
            "speech_timeout": str(listen.speech_end),
            **({"hints": hints} if hints else {}),
        }
    return attributes


def _hints(phrases: tuple[str, ...]) -> str:
    """The phrases that a carrier takes, as one attribute: none longer than it allows, and no more than fit."""
    plain = [phrase.replace(",", "") for phrase in phrases]
    joined = ", ".join(phrase for phrase in plain if len(phrase) <= HINT_PHRASE_CHARACTERS)
    return joined if len(joined) <= HINT_CHARACTERS else joined[:HINT_CHARACTERS].rpartition(",")[0]


def _say(parent: TwiML, lines: tuple[Line, ...], slow: bool, carrier: Carrier) -> None:
    for line in as_recorded(lines, carrier.recordings):
        if line.recording and (carrier.recordings / f"{line.recording}.wav").is_file():
            parent.play(f"{carrier.base}/voice/prompts/{line.recording}.wav")
        elif slow and carrier.speech:
            say = parent.say(voice=carrier.voice, language="vi-VN")
            say.prosody(words=line.text, rate=SLOW_RATE)
        elif line.text:
            parent.say(line.text, voice=carrier.voice, language="vi-VN")


def _end(response: VoiceResponse, step: CallStep, call_id: str, url: str, carrier: Carrier) -> None:
    match step.end.kind if step.end else "hangup":
        case "hangup":
            response.hangup()
        case "dial":
            dial = Dial(action=url, method="POST", timeout=RING_SECONDS, answer_on_bridge=True)
            for number in carrier.operators:
                dial.number(number, url=f"{carrier.base}/voice/whisper?call={quote(call_id)}", method="POST")
            response.append(dial)
        case "queue":
            wait = f"{carrier.base}/voice/wait"
            response.enqueue(QUEUE, action=url, method="POST", wait_url=wait, wait_url_method="POST")
        case "record":
            response.record(
                action=url, method="POST", max_length=MAX_MESSAGE_SECONDS, finish_on_key="#", timeout=5,
                trim="trim-silence", play_beep=True, recording_status_callback=f"{carrier.base}/voice/recording",
                recording_status_callback_method="POST",
            )  # fmt: skip


def render_lines(lines: tuple[Line, ...], carrier: Carrier, *, dialled: str = "") -> str:
    """TwiML that says something and ends, or rings the operators when `dialled` says where to post how that went."""
    response = VoiceResponse()
    _say(response, lines, False, carrier)
    if dialled:
        target = Dial(action=dialled, method="POST", timeout=RING_SECONDS, answer_on_bridge=True)
        for number in carrier.operators:
            target.number(number)
        response.append(target)
    response.hangup()
    return str(response)


def render_redirect(url: str) -> str:
    """TwiML that has the carrier ask elsewhere."""
    response = VoiceResponse()
    response.redirect(url, method="POST")
    return str(response)


def render_ask(lines: tuple[Line, ...], url: str, listen: Listen, carrier: Carrier) -> str:
    """TwiML that says something and posts the keys to an address that carries all that must be remembered."""
    response = VoiceResponse()
    gather = Gather(**_gather(listen, url))
    _say(gather, lines, False, carrier)
    response.append(gather)
    return str(response)


def render_whisper(line: Line, carrier: Carrier) -> str:
    """TwiML that only the person who takes over hears."""
    response = VoiceResponse()
    _say(response, (line,), False, carrier)
    return str(response)


def render_wait(lines: tuple[Line, ...], carrier: Carrier, *, offer: bool) -> str:
    """TwiML while a caller waits in the queue: where they stand, music or a pause, and again; key 1 leaves."""
    response = VoiceResponse()
    wait = f"{carrier.base}/voice/wait"
    if offer:
        gather = Gather(input="dtmf", num_digits=1, finish_on_key="", timeout=5, action=wait, method="POST")
        _say(gather, lines, False, carrier)
        response.append(gather)
    else:
        _say(response, lines, False, carrier)
    if (carrier.recordings / f"{MUSIC}.wav").is_file():
        response.play(f"{carrier.base}/voice/prompts/{MUSIC}.wav")
    else:
        response.pause(length=PAUSE_SECONDS)
    response.redirect(wait, method="POST")
    return str(response)


def render_leave(line: Line, carrier: Carrier) -> str:
    """TwiML that says something, or nothing, and takes a caller out of the queue."""
    response = VoiceResponse()
    _say(response, (line,), False, carrier)
    response.leave()
    return str(response)


def render_agent(whisper: Line, empty: Line, carrier: Carrier) -> str:
    """TwiML for a person's telephone: what the caller who waits longest has asked, then that caller."""
    response = VoiceResponse()
    _say(response, (whisper,), False, carrier)
    dial = Dial()
    dial.queue(QUEUE)
    response.append(dial)
    _say(response, (empty,), False, carrier)
    response.hangup()
    return str(response)
